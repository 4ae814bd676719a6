//! Events of gateways: received, and processed by workers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use application::gateway_events::process::{claim, process};
use application::gateway_events::receive::{Received, receive};
use domain::gateway::{GatewayKind, PaymentStatus};
use domain::ids::TenantId;
use domain::purchase::{AccessState, PurchaseState};
use futures::executor::block_on;
use ports::hotspot::{Activation, RemovalOutcome};
use ports::payments::{ChargeOutcome, ReadError, ReadOutcome};
use ports::store::error::StoreError;
use ports::store::{Scope, Store};

use crate::harness::{EventProof, GatewayEvent, Mocks, RawEvent, Shop, facts, found, unanswered};

const SECOND: Duration = Duration::from_secs(1);

/// An event about the order or payment of this number.
fn event(id: &str) -> GatewayEvent {
    GatewayEvent {
        event_id: "evt_1".to_owned(),
        topic: "order.paid".to_owned(),
        order_id: None,
        payment_id: Some(id.to_owned()),
        reference: None,
    }
}

fn receive_for(shop: &Shop, gateway: GatewayKind, tenant: Option<TenantId>) -> Received {
    block_on(receive(&shop.app, gateway, tenant, &RawEvent::default())).unwrap()
}

/// Receives one event of Conekta's for the shop.
fn received(shop: &Shop) -> Received {
    receive_for(shop, GatewayKind::Conekta, Some(shop.tenant.clone()))
}

/// Workers process what is due; answers how much it was.
fn process_after(shop: &Shop, span: Duration) -> usize {
    shop.clock.advance(span);
    let entries = block_on(claim(&shop.app, 10, Vec::new())).unwrap();
    let count = entries.len();
    for entry in entries {
        block_on(process(&shop.app, entry)).unwrap();
    }
    count
}

/// A shop that has sold payment `pay_1`.
fn sold(proof: EventProof, script: impl FnOnce(&mut Mocks)) -> Shop {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |reference| {
            let mut facts = facts(PaymentStatus::Approved, reference);
            facts.payment_id = Some("pay_1".to_owned());
            ChargeOutcome::Answered(Box::new(facts))
        });
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        mocks.parses_events(Some(&event("pay_1")), proof);
        script(mocks);
    });
    shop.buy("tok_1");
    shop
}

#[test]
fn what_is_no_event_of_ours_is_ignored() {
    let shop = Shop::new(|mocks| mocks.parses_events(None, EventProof::Verified));
    assert_eq!(received(&shop), Received::Ignored);
}

#[test]
fn an_event_for_a_tenant_that_there_is_not_is_ignored() {
    let shop = Shop::new(|mocks| mocks.parses_events(Some(&event("pay_1")), EventProof::Verified));
    let nobody = TenantId::from_random([9; 5]);
    let outcome = receive_for(&shop, GatewayKind::Conekta, Some(nobody));
    assert_eq!(outcome, Received::Ignored);
}

#[test]
fn an_event_without_a_tenant_is_that_of_its_purchase() {
    let shop = sold(EventProof::Verified, |_| {});
    assert_eq!(
        receive_for(&shop, GatewayKind::Conekta, None),
        Received::Stored
    );
    let outcome = receive_for(&shop, GatewayKind::MercadoPago, None);
    assert_eq!(outcome, Received::Ignored, "no purchase of that gateway");
}

#[test]
fn a_forged_event_is_ignored() {
    let shop = sold(EventProof::Forged, |_| {});
    assert_eq!(received(&shop), Received::Ignored);
    assert_eq!(process_after(&shop, SECOND), 0);
}

#[test]
fn an_event_is_stored_once() {
    let shop = sold(EventProof::Verified, |mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    assert_eq!(received(&shop), Received::Stored);
    assert_eq!(received(&shop), Received::Duplicate);
    assert_eq!(process_after(&shop, SECOND), 1);
    assert_eq!(
        received(&shop),
        Received::Duplicate,
        "also when it was processed"
    );
    assert_eq!(process_after(&shop, SECOND), 0);
}

#[test]
fn an_unsigned_event_is_a_hint_about_what_we_know_and_not_too_often() {
    let shop = sold(EventProof::NoKey, |mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    assert_eq!(received(&shop), Received::Stored);
    assert_eq!(received(&shop), Received::Ignored);
    assert_eq!(process_after(&shop, 9 * SECOND), 1);
    assert_eq!(received(&shop), Received::Ignored);
    shop.clock.advance(SECOND);
    assert_eq!(received(&shop), Received::Stored);
}

#[test]
fn an_unsigned_event_about_nothing_of_ours_is_ignored() {
    let shop = Shop::new(|mocks| mocks.parses_events(Some(&event("pay_9")), EventProof::NoKey));
    assert_eq!(received(&shop), Received::Ignored);
}

#[test]
fn an_event_that_is_not_stored_is_not_acknowledged() {
    let shop = sold(EventProof::Verified, |_| {});
    shop.store_fails(|step| match step {
        "inbox.push" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let tenant = Some(shop.tenant.clone());
    let raw = RawEvent::default();
    let outcome = block_on(receive(&shop.app, GatewayKind::Conekta, tenant, &raw));
    outcome.unwrap_err();
}

#[test]
fn an_event_is_never_believed_but_its_payment_is_read() {
    // It says `order.paid`, and the read shows that the bank took the money back.
    let shop = sold(EventProof::Verified, |mocks| {
        mocks.reads(1, found(PaymentStatus::ChargedBack));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    assert_eq!(received(&shop), Received::Stored);
    assert_eq!(process_after(&shop, SECOND), 1);
    let purchase = shop.purchase();
    assert_eq!(purchase.state(), PurchaseState::ChargedBack);
    assert_eq!(purchase.access().state, AccessState::Removed);
}

#[test]
fn an_event_whose_payment_cannot_be_read_comes_up_again() {
    let shop = sold(EventProof::Verified, |mocks| {
        mocks.reads(1, |_| Err(ReadError::Unavailable));
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    assert_eq!(received(&shop), Received::Stored);
    assert_eq!(process_after(&shop, SECOND), 1);
    assert_eq!(process_after(&shop, Duration::ZERO), 0, "not at once");
    assert_eq!(process_after(&shop, 10 * SECOND), 1);
    assert_eq!(process_after(&shop, Duration::from_hours(1)), 0);
}

#[test]
fn an_event_is_given_up_after_a_week() {
    let shop = sold(EventProof::Verified, |mocks| {
        mocks
            .conekta
            .expect_read()
            .returning(|_, _| Err(ReadError::Unavailable));
    });
    assert_eq!(received(&shop), Received::Stored);
    assert_eq!(process_after(&shop, Duration::from_hours(7 * 24)), 1);
    assert_eq!(process_after(&shop, Duration::from_mins(6)), 1);
    assert_eq!(process_after(&shop, Duration::from_hours(24)), 0);
}

#[test]
fn an_event_about_a_purchase_in_work_waits() {
    let shop = sold(EventProof::Verified, |mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    assert_eq!(received(&shop), Received::Stored);
    let lease = Duration::from_mins(1);
    let until = shop.app.now().plus(lease);
    let mut purchase = shop.purchase();
    purchase.take_lease(until);
    block_on(async {
        let mut unit = shop.store.begin(Scope::Platform).await.unwrap();
        assert!(unit.purchases().save(&mut purchase).await.unwrap());
        unit.commit().await.unwrap();
    });
    assert_eq!(process_after(&shop, SECOND), 1);
    assert_eq!(process_after(&shop, lease), 1);
    assert_eq!(process_after(&shop, lease), 0);
}

/// A sale with Mercado Pago whose payment's number never reached us, and an event about it. The
/// script gets the sale's reference, which the charge tells.
fn number_unknown(
    proof: EventProof,
    script: impl FnOnce(&mut Mocks, Arc<OnceLock<String>>),
) -> Shop {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        let reference = Arc::new(OnceLock::new());
        script(mocks, Arc::clone(&reference));
        let charge = mocks.mercado_pago.expect_charge().times(1);
        charge.returning(move |_, _, request| {
            reference.set(request.reference.clone()).unwrap();
            unanswered(&request.reference)
        });
        mocks.parses_events(Some(&event("77")), proof);
    });
    shop.start(shop.mercado_pago_command("tok_1")).unwrap();
    shop
}

#[test]
fn a_signed_event_about_an_unknown_number_is_read_for_its_reference() {
    let shop = number_unknown(EventProof::Verified, |mocks, reference| {
        let read = mocks.mercado_pago.expect_read().times(2);
        read.returning(move |_, handle| {
            assert_eq!(handle.payment_id.as_deref(), Some("77"));
            let mut facts = facts(PaymentStatus::Approved, reference.get().unwrap());
            facts.payment_id = Some("77".to_owned());
            Ok(ReadOutcome::Found(Box::new(facts)))
        });
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    let tenant = Some(shop.tenant.clone());
    assert_eq!(
        receive_for(&shop, GatewayKind::MercadoPago, tenant),
        Received::Stored
    );
    assert_eq!(process_after(&shop, SECOND), 1);
    assert_eq!(shop.purchase().access().state, AccessState::Active);
    assert_eq!(shop.purchase().payment().payment_id.as_deref(), Some("77"));
}

#[test]
fn an_unsigned_event_about_an_unknown_number_asks_nobody() {
    let shop = number_unknown(EventProof::NoKey, |_, _| {});
    let tenant = Some(shop.tenant.clone());
    assert_eq!(
        receive_for(&shop, GatewayKind::MercadoPago, tenant),
        Received::Ignored
    );
}
