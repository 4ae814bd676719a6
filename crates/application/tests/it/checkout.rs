//! Starting a purchase: what is refused, and what a repeated request gets.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use application::edit::Edit;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::operator::products::{create_product, deactivate_product};
use application::platform::routers::toggle_router;
use application::platform::tenants::toggle_tenant;
use application::purchase::checkout::start_purchase;
use application::purchase::command::{StartPurchase, StartPurchaseError, Throttled};
use application::purchase::status::PurchaseAnswer;
use domain::contact::Email;
use domain::gateway::{DeclineReason, GatewayKind, GatewayMode, PaymentStatus};
use domain::ids::ProductId;
use domain::money::{Currency, Price};
use domain::network::MacAddress;
use domain::product::ProductDraft;
use domain::purchase::PurchaseState;
use fakes::SeededRandom;
use futures::executor::block_on;
use futures::{FutureExt, poll};
use ports::hotspot::{Activation, RemovalOutcome};
use ports::store::error::StoreError;
use ports::system::SecureRandom;

use crate::harness::{Mocks, PRICE, Shop, charged, draft, found, unanswered};

/// A shop in which nothing may be reserved or charged.
fn closed() -> Shop {
    Shop::new(|_| {})
}

fn refusal(shop: &Shop, command: StartPurchase) -> StartPurchaseError {
    let refusal = shop.start(command).unwrap_err();
    assert_eq!(shop.purchases(), [], "nothing is stored");
    refusal
}

#[test]
fn an_unknown_product_is_not_sold() {
    let shop = closed();
    let command = StartPurchase {
        product_id: ProductId::new(999),
        ..shop.command("tok_1")
    };
    let refusal = refusal(&shop, command);
    assert!(matches!(refusal, StartPurchaseError::ProductNotFound));
}

#[test]
fn a_deactivated_product_is_not_sold() {
    let shop = closed();
    block_on(deactivate_product(&shop.app, &shop.operator, shop.product)).unwrap();
    let refusal = refusal(&shop, shop.command("tok_1"));
    assert!(matches!(refusal, StartPurchaseError::ProductNotFound));
}

#[test]
fn a_switched_off_tenant_sells_nothing() {
    let shop = closed();
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
    let refusal = refusal(&shop, shop.command("tok_1"));
    assert!(matches!(refusal, StartPurchaseError::TenantInactive));
}

#[test]
fn a_switched_off_router_sells_nothing() {
    let shop = closed();
    let toggled = toggle_router(&shop.app, &shop.owner, &shop.tenant, &shop.router.id);
    block_on(toggled).unwrap();
    let refusal = refusal(&shop, shop.command("tok_1"));
    assert!(matches!(refusal, StartPurchaseError::RouterInactive));
}

#[test]
fn nothing_is_sold_without_a_gateway_account() {
    let shop = closed();
    let change = ConfigureGateway {
        secret: Edit::Clear,
        ..ConfigureGateway::nothing(GatewayKind::Conekta)
    };
    block_on(configure_gateway(&shop.app, &shop.operator, change)).unwrap();
    let refusal = refusal(&shop, shop.command("tok_1"));
    assert!(matches!(refusal, StartPurchaseError::GatewayNotConfigured));
}

#[test]
fn a_portal_that_shows_another_price_is_refused_and_one_that_rounds_is_not() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        let charge = mocks.mercado_pago.expect_charge().times(1);
        let answer = charged(PaymentStatus::Approved);
        charge.returning(move |_, _, request| {
            assert_eq!(request.amount.minor(), PRICE);
            answer(&request.reference)
        });
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    let mut command = shop.mercado_pago_command("tok_1");
    command.shown_price = Some(PRICE + 2);
    let refusal = refusal(&shop, command.clone());
    assert!(matches!(refusal, StartPurchaseError::AmountMismatch));
    command.shown_price = Some(PRICE + 1);
    let answer = shop.start(command).unwrap();
    assert!(matches!(answer, PurchaseAnswer::Paid(_)));
}

#[test]
fn a_gateway_is_not_asked_for_a_currency_that_it_does_not_charge() {
    let shop = closed();
    let dollars = ProductDraft {
        price: Price::new(1500, Currency::Usd).unwrap(),
        ..draft(&shop.router, "*2")
    };
    let product = block_on(create_product(&shop.app, &shop.operator, dollars)).unwrap();
    let command = StartPurchase {
        product_id: product.id,
        ..shop.mercado_pago_command("tok_1")
    };
    let refusal = refusal(&shop, command);
    assert!(matches!(refusal, StartPurchaseError::CurrencyNotAccepted));
}

#[test]
fn a_key_belongs_to_one_request() {
    let shop = Shop::new(Mocks::sells);
    let first = StartPurchase {
        idempotency_key: Some("k1".to_owned()),
        ..shop.command("tok_1")
    };
    shop.start(first.clone()).unwrap();
    let mut other_customer = first.clone();
    other_customer.customer.email = Email::from_stored("eva@x.test");
    let other_card = StartPurchase {
        method: shop.command("tok_2").method,
        ..first.clone()
    };
    let other_key = StartPurchase {
        idempotency_key: Some("k2".to_owned()),
        ..other_customer.clone()
    };
    for command in [other_customer, other_card, other_key] {
        let refusal = shop.start(command).unwrap_err();
        assert!(matches!(refusal, StartPurchaseError::KeyReused));
    }
    assert_eq!(shop.purchases().len(), 1);
}

#[test]
fn a_throttled_caller_reserves_nothing() {
    let shop = closed();
    let retry_after = Duration::from_secs(9);
    let portal = shop.portal();
    let permit = || Err(Throttled { retry_after });
    let start = start_purchase(&shop.app, &portal, shop.command("tok_1"), &permit);
    let Err(StartPurchaseError::Throttled(throttled)) = shop.run(start) else {
        panic!("not throttled");
    };
    assert_eq!(throttled, Throttled { retry_after });
    assert_eq!(shop.purchases(), []);
}

#[test]
fn a_permit_is_asked_for_once_and_never_for_a_repeat() {
    let shop = Shop::new(Mocks::sells);
    let asked = AtomicUsize::new(0);
    let permit = || {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    let portal = shop.portal();
    let collided = AtomicUsize::new(0);
    shop.store_fails(move |step| {
        let is_first = step == "unit.commit" && collided.fetch_add(1, Ordering::Relaxed) == 0;
        if is_first {
            Err(StoreError::Serialization)
        } else {
            Ok(())
        }
    });
    for _ in 0..2 {
        let start = start_purchase(&shop.app, &portal, shop.command("tok_1"), &permit);
        let answer = shop.run(start).unwrap();
        assert!(matches!(answer, PurchaseAnswer::Paid(_)));
    }
    assert_eq!(asked.into_inner(), 1);
}

#[test]
fn requests_that_keep_colliding_are_told_to_come_back() {
    let shop = closed();
    shop.store_fails(|step| match step {
        "purchases.insert" => Err(StoreError::Serialization),
        _ => Ok(()),
    });
    let refusal = refusal(&shop, shop.command("tok_1"));
    assert!(matches!(refusal, StartPurchaseError::Busy));
}

/// Draws the same hotspot name every time.
struct SameNames(SeededRandom);

impl SecureRandom for SameNames {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn fill_credentials(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

#[test]
fn where_every_name_is_taken_nothing_is_sold() {
    let shop = Shop::new(|mocks| {
        mocks.random = Arc::new(SameNames(SeededRandom::new(1)));
        mocks.prepares();
        mocks.charges(4, charged(PaymentStatus::Approved));
        mocks.activates(4, Ok(Activation::Active("*1".to_owned())));
    });
    for sale in 0..4 {
        shop.buy(&format!("tok_{sale}"));
    }
    let refusal = shop.start(shop.command("tok_4")).unwrap_err();
    assert!(matches!(refusal, StartPurchaseError::Busy));
    assert_eq!(shop.purchases().len(), 4);
}

#[test]
fn a_database_that_is_away_is_a_failure_before_anything_is_sent() {
    let shop = closed();
    shop.store_fails(|step| match step {
        "purchases.insert" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let refusal = refusal(&shop, shop.command("tok_1"));
    let StartPurchaseError::Failure(failure) = refusal else {
        panic!("{refusal}");
    };
    assert!(failure.is_temporary());
}

#[test]
fn a_request_that_dies_before_its_charge_is_abandoned_and_may_be_repeated() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    let portal = shop.portal();
    let permit = || Ok(());
    let start = start_purchase(&shop.app, &portal, shop.command("tok_1"), &permit);
    let outcome = block_on(async { futures::join!(start, async { drop(shop.spawner.take()) }).0 });
    // Whoever reads that nothing was charged pays again.
    let PurchaseAnswer::Open {
        token,
        is_pending: false,
        ..
    } = outcome.unwrap()
    else {
        panic!("nobody knows what that task had done");
    };
    assert!(!token.is_empty());
    assert_eq!(
        shop.work_after(Duration::from_mins(1)),
        0,
        "its lease holds"
    );
    assert_eq!(shop.work_after(Duration::from_mins(1)), 1);
    assert_eq!(shop.purchase().state(), PurchaseState::Failed);
    assert!(matches!(shop.buy("tok_1"), PurchaseAnswer::Paid(_)));
}

#[test]
fn a_repeated_request_gets_the_same_answer_and_no_second_charge() {
    let shop = Shop::new(Mocks::sells);
    let command = StartPurchase {
        idempotency_key: Some("k1".to_owned()),
        ..shop.command("tok_1")
    };
    let mut names = Vec::new();
    // By its key, by its card token alone, and by a key that is new.
    for key in [Some("k1"), Some("k1"), None, Some("k2")] {
        let repeat = StartPurchase {
            idempotency_key: key.map(str::to_owned),
            ..command.clone()
        };
        let PurchaseAnswer::Paid(receipt) = shop.start(repeat).unwrap() else {
            panic!("not paid");
        };
        assert!(receipt.is_active);
        names.push((receipt.purchase.access().name.clone(), receipt.password));
    }
    names.dedup();
    assert_eq!(names.len(), 1);
}

#[test]
fn a_repeat_waits_for_its_first_request_but_not_for_ever() {
    let shop = Shop::new(Mocks::sells);
    let portal = shop.portal();
    let permit = || Ok(());
    block_on(async {
        let start = || start_purchase(&shop.app, &portal, shop.command("tok_1"), &permit);
        let mut first = pin!(start());
        assert!(poll!(first.as_mut()).is_pending());
        let (mut impatient, mut in_time) = (pin!(start()), pin!(start()));
        assert!(poll!(impatient.as_mut()).is_pending());
        while shop.clock.next_wake().is_some() {
            shop.clock.advance(Duration::from_millis(250));
            if let std::task::Poll::Ready(answer) = poll!(impatient.as_mut()) {
                assert!(matches!(answer, Ok(PurchaseAnswer::StillRunning { .. })));
                break;
            }
        }
        assert!(poll!(in_time.as_mut()).is_pending());
        shop.spawner.run_all().await;
        shop.clock.advance(Duration::from_millis(250));
        for request in [first, in_time] {
            let answer = request.now_or_never().unwrap().unwrap();
            assert!(matches!(answer, PurchaseAnswer::Paid(_)));
        }
    });
}

#[test]
fn a_reusable_test_token_buys_again_in_mode_test_once_its_sale_is_over() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        mocks.charges(1, unanswered);
    });
    let token = "tok_test_visa_4242";
    assert!(matches!(shop.buy(token), PurchaseAnswer::Declined { .. }));
    assert!(matches!(shop.buy(token), PurchaseAnswer::Open { .. }));
    assert!(
        matches!(shop.buy(token), PurchaseAnswer::Open { .. }),
        "open"
    );
    assert_eq!(shop.purchases().len(), 2);
}

#[test]
fn a_test_token_is_like_every_other_in_mode_live() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
    });
    let change = ConfigureGateway {
        mode: Some(GatewayMode::Live),
        ..ConfigureGateway::nothing(GatewayKind::Conekta)
    };
    block_on(configure_gateway(&shop.app, &shop.operator, change)).unwrap();
    for _ in 0..2 {
        let answer = shop.buy("tok_test_visa_4242");
        assert!(matches!(answer, PurchaseAnswer::Declined { .. }));
    }
    assert_eq!(shop.purchases().len(), 1);
}

/// By e-mail or by device: the phone may have closed the portal's window, or the customer have
/// mistyped the address.
#[test]
fn whoever_begins_again_is_led_back_to_the_open_purchase() {
    let token_of = |answer: PurchaseAnswer| match answer {
        PurchaseAnswer::Open { token, .. } => token,
        other => panic!("{other:?}"),
    };
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(2, unanswered);
    });
    let first = token_of(shop.buy("tok_1"));
    let again = StartPurchase {
        idempotency_key: Some("window-2".to_owned()),
        ..shop.command("tok_2")
    };
    for _ in 0..2 {
        assert_eq!(token_of(shop.start(again.clone()).unwrap()), first);
    }
    let from_device = |card_token: &str, email: &str| {
        let mut command = shop.command(card_token);
        command.customer.email = Email::from_stored(email);
        command.device.mac = MacAddress::parse("02:00:00:00:00:01").ok();
        command
    };
    let another = token_of(shop.start(from_device("tok_3", "eva@x.test")).unwrap());
    assert_ne!(another, first);
    let mistyped = from_device("tok_4", "eva@x.tst");
    assert_eq!(token_of(shop.start(mistyped).unwrap()), another);
    assert_eq!(shop.purchases().len(), 2);
}

/// The second card was never charged, and is not when its request is repeated later.
#[test]
fn a_request_that_was_led_back_stays_with_the_first_purchase_when_that_has_ended() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, unanswered);
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    shop.buy("tok_1");
    shop.buy("tok_2");
    shop.work_after(Duration::from_mins(2));
    assert!(matches!(shop.buy("tok_2"), PurchaseAnswer::Paid(_)));
    assert_eq!(shop.purchases().len(), 1);
}
