//! The daily audit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::jobs::audit::{AuditResult, audit_all};
use domain::gateway::{PaymentFacts, PaymentMark, PaymentStatus};
use domain::ids::{PurchaseId, TenantId};
use domain::purchase::{Purchase, PurchaseState};
use domain::time::Timestamp;
use futures::executor::block_on;
use ports::hotspot::RemovalOutcome;
use ports::payments::{PaymentPage, ReadError};
use ports::store::error::StoreError;

use crate::harness::{Mocks, Shop, facts, found};

const DAY: Duration = Duration::from_hours(24);

/// A payment as a gateway lists it.
type Listed = (PaymentFacts, Option<PaymentMark>);

/// What Conekta lists, and the windows that it was asked for.
#[derive(Clone, Default)]
struct Listing {
    payments: Arc<Mutex<Vec<Listed>>>,
    windows: Arc<Mutex<Vec<(Timestamp, Timestamp)>>>,
    is_down: Arc<Mutex<bool>>,
}

impl Listing {
    fn script(&self, mocks: &mut Mocks) {
        let listing = self.clone();
        let list = mocks.conekta.expect_list_payments();
        list.returning(move |_, from, to, _| {
            if *listing.is_down.lock().unwrap() {
                return Err(ReadError::Unavailable);
            }
            listing.windows.lock().unwrap().push((from, to));
            let payments = listing.payments.lock().unwrap().clone();
            Ok(PaymentPage {
                payments,
                next: None,
            })
        });
        let nothing = PaymentPage {
            payments: Vec::new(),
            next: None,
        };
        let list = mocks.mercado_pago.expect_list_payments();
        list.returning(move |_, _, _, _| Ok(nothing.clone()));
    }

    fn shows(&self, payments: impl IntoIterator<Item = (PaymentFacts, PaymentMark)>) {
        let marked = |(facts, mark)| (facts, Some(mark));
        *self.payments.lock().unwrap() = payments.into_iter().map(marked).collect();
    }
}

fn payment(purchase: &Purchase, status: PaymentStatus) -> (PaymentFacts, PaymentMark) {
    let sale = purchase.sale();
    let mark = PaymentMark {
        installation: "memory".to_owned(),
        tenant: sale.tenant_id.clone(),
        router: sale.router_id.clone(),
        purchase: purchase.id(),
        attempt: sale.attempt_id,
    };
    (facts(status, &sale.reference), mark)
}

fn audit_after(shop: &Shop, span: Duration) -> AuditResult {
    shop.clock.advance(span);
    block_on(audit_all(&shop.app)).unwrap()
}

fn sold(script: impl FnOnce(&mut Mocks)) -> (Shop, Listing) {
    let listing = Listing::default();
    let shop = Shop::new(|mocks| {
        mocks.sells();
        listing.script(mocks);
        script(mocks);
    });
    shop.buy("tok_1");
    (shop, listing)
}

#[test]
fn a_chargeback_weeks_later_is_found_without_a_webhook() {
    let (shop, listing) = sold(|mocks| {
        mocks.reads(1, found(PaymentStatus::ChargedBack));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    listing.shows([payment(&shop.purchase(), PaymentStatus::Approved)]);
    assert_eq!(audit_after(&shop, DAY).corrected, 0);
    listing.shows([payment(&shop.purchase(), PaymentStatus::ChargedBack)]);
    assert_eq!(audit_after(&shop, 25 * DAY).corrected, 1);
    assert_eq!(shop.purchase().state(), PurchaseState::ChargedBack);
}

#[test]
fn audits_follow_each_other_without_a_gap_however_long_one_failed() {
    let (shop, listing) = sold(|_| {});
    listing.shows([payment(&shop.purchase(), PaymentStatus::Approved)]);
    audit_after(&shop, DAY);
    let first_end = shop.app.now();
    assert_eq!(
        audit_after(&shop, Duration::from_hours(1)).compared,
        0,
        "done today"
    );
    *listing.is_down.lock().unwrap() = true;
    assert_eq!(audit_after(&shop, 3 * DAY).unread, 1);
    *listing.is_down.lock().unwrap() = false;
    listing.windows.lock().unwrap().clear();
    audit_after(&shop, 4 * DAY);
    let windows = listing.windows.lock().unwrap().clone();
    let (begin, _) = *windows.first().unwrap();
    let (_, end) = *windows.last().unwrap();
    assert!(begin < first_end && end == shop.app.now(), "{windows:?}");
    for pair in windows.windows(2) {
        assert_eq!(pair[0].1, pair[1].0, "{windows:?}");
    }
}

#[test]
fn payments_of_another_tenant_with_the_same_account_are_not_compared() {
    let (shop, listing) = sold(|_| {});
    let (facts, mark) = payment(&shop.purchase(), PaymentStatus::Approved);
    let theirs = PaymentMark {
        tenant: TenantId::parse("EMP_0000000009").unwrap(),
        purchase: PurchaseId::new(99),
        ..mark.clone()
    };
    listing.shows([(facts.clone(), mark), (facts, theirs)]);
    let result = audit_after(&shop, DAY);
    assert_eq!((result.compared, result.alerts), (1, 0));
}

#[test]
fn a_purchase_that_fails_ends_no_audit() {
    let (shop, listing) = sold(|_| {});
    let charged_back = payment(&shop.purchase(), PaymentStatus::ChargedBack);
    listing.shows([charged_back.clone(), charged_back]);
    shop.store_fails(|step| match step {
        "purchases.save" => Err(StoreError::Unavailable("lost".into())),
        _ => Ok(()),
    });
    let result = audit_after(&shop, DAY);
    assert_eq!((result.compared, result.failed), (2, 2));
}
