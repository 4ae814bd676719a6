//! Filters and sums of purchases.

use std::collections::BTreeMap;

use domain::purchase::{AccessState, Purchase, PurchaseState, StoredPurchase};
use ports::store::purchases::{Income, OpenWork, PurchaseFilter, SalesTotals};

/// Whether the purchase is shown to operators and matches the filter.
pub(super) fn matches(purchase: &Purchase, filter: &PurchaseFilter) -> bool {
    let contains_text = |text: &str| {
        let text = text.to_lowercase();
        let phone = purchase
            .sale()
            .customer
            .phone
            .as_deref()
            .unwrap_or_default();
        [
            purchase.sale().customer.email.as_str(),
            phone,
            purchase.access().name.as_str(),
        ]
        .iter()
        .any(|field| field.to_lowercase().contains(&text))
    };
    purchase.payment().charge_sent_at.is_some()
        && filter
            .from
            .is_none_or(|from| purchase.sale().created_at >= from)
        && filter.to.is_none_or(|to| purchase.sale().created_at < to)
        && filter
            .payment_status
            .as_deref()
            .is_none_or(|status| purchase.payment_status() == status)
        && filter
            .router_id
            .as_ref()
            .is_none_or(|router| purchase.sale().router_id == *router)
        && filter.text.as_deref().is_none_or(contains_text)
}

/// Adds a purchase to its tenant's sums.
pub(super) fn add_to_totals(totals: &mut SalesTotals, purchase: &Purchase) {
    if purchase.payment().charge_sent_at.is_none() {
        return;
    }
    totals.total += 1;
    totals.pending += i64::from(purchase.state().is_open());
    if purchase.state() == PurchaseState::Paid {
        totals.paid += 1;
        totals.income_minor += purchase.sale().amount.minor() - purchase.payment().refunded_minor;
    }
}

/// Income by currency and mode.
pub(super) fn income_of<'a>(purchases: impl Iterator<Item = &'a Purchase>) -> Vec<Income> {
    let mut sums: BTreeMap<(&str, &str), Income> = BTreeMap::new();
    for purchase in purchases.filter(|purchase| purchase.state() == PurchaseState::Paid) {
        let (sale, payment) = (purchase.sale(), purchase.payment());
        if payment.charge_sent_at.is_none() {
            continue;
        }
        let (currency, mode) = (sale.amount.currency(), sale.mode);
        let sum = sums
            .entry((currency.code(), mode.as_str()))
            .or_insert(Income {
                currency,
                mode,
                paid: 0,
                income_minor: 0,
            });
        sum.paid += 1;
        sum.income_minor += sale.amount.minor() - payment.refunded_minor;
    }
    sums.into_values().collect()
}

/// Counts a purchase that is not finished.
pub(super) fn add_to_open_work(work: &mut OpenWork, purchase: &Purchase) {
    if purchase.work().parked.is_some() {
        work.parked += 1;
        return;
    }
    let number = match purchase.state() {
        PurchaseState::Created | PurchaseState::Charging => Some(&mut work.running),
        PurchaseState::Verifying => Some(&mut work.verifying),
        PurchaseState::Pending => Some(&mut work.pending),
        PurchaseState::Paid if purchase.access().state == AccessState::Pending => {
            Some(&mut work.awaiting_access)
        }
        PurchaseState::Refunding => Some(&mut work.refunding),
        _ => None,
    };
    if let Some(number) = number {
        *number += 1;
    }
    work.removals += i64::from(purchase.access().state == AccessState::RemovalQueued);
}

/// Whether nothing will be done about the purchase any more, unless late money comes.
pub(super) fn is_finished(purchase: &Purchase) -> bool {
    let waits_for_refund = matches!(
        purchase.state(),
        PurchaseState::Mismatch | PurchaseState::Refunding
    );
    let waits_for_router = purchase.access().state == AccessState::RemovalQueued
        || (purchase.state() == PurchaseState::Paid
            && purchase.access().state == AccessState::Pending);
    !purchase.state().is_open()
        && !waits_for_refund
        && !waits_for_router
        && purchase.work().parked.is_none()
}

/// Takes what changes in a purchase's life from `new`, what was fixed at the sale from `old`, and
/// counts the revision up.
pub(super) fn merge(old: &Purchase, new: &Purchase) -> Purchase {
    let mut merged = StoredPurchase {
        sale: old.sale().clone(),
        ..new.clone().into_stored()
    };
    merged.work.revision = old.work().revision + 1;
    Purchase::from_stored(merged)
}
