//! Filters and sums of purchases.

use domain::gateway::GatewayKind;
use domain::purchase::{AccessState, Purchase, PurchaseState};
use ports::store::purchases::{OpenWork, PurchaseFilter, SalesTotals};

/// Whether the purchase is shown to operators and matches the filter.
pub(super) fn matches(purchase: &Purchase, filter: &PurchaseFilter) -> bool {
    let contains_text = |text: &str| {
        let text = text.to_lowercase();
        let phone = purchase.customer.phone.as_deref().unwrap_or_default();
        [
            purchase.customer.email.as_str(),
            phone,
            purchase.hotspot_name.as_str(),
        ]
        .iter()
        .any(|field| field.to_lowercase().contains(&text))
    };
    purchase.charge_sent_at.is_some()
        && filter.from.is_none_or(|from| purchase.created_at >= from)
        && filter.to.is_none_or(|to| purchase.created_at < to)
        && filter
            .payment_status
            .as_deref()
            .is_none_or(|status| shown_status(purchase) == status)
        && filter
            .router_id
            .as_ref()
            .is_none_or(|router| purchase.router_id == *router)
        && filter.text.as_deref().is_none_or(contains_text)
}

/// Adds a purchase to its tenant's sums.
pub(super) fn add_to_totals(totals: &mut SalesTotals, purchase: &Purchase) {
    if purchase.charge_sent_at.is_none() {
        return;
    }
    totals.total += 1;
    totals.pending += i64::from(purchase.state.is_open());
    if purchase.state == PurchaseState::Paid {
        totals.paid += 1;
        totals.income_minor += purchase.amount.minor() - purchase.refunded_minor;
    }
}

/// Counts a purchase that is not finished.
pub(super) fn add_to_open_work(work: &mut OpenWork, purchase: &Purchase) {
    if purchase.parked_reason.is_some() {
        work.parked += 1;
        return;
    }
    let number = match purchase.state {
        PurchaseState::Created | PurchaseState::Charging => Some(&mut work.running),
        PurchaseState::Verifying => Some(&mut work.verifying),
        PurchaseState::Pending => Some(&mut work.pending),
        PurchaseState::Paid if purchase.access == AccessState::Pending => {
            Some(&mut work.awaiting_access)
        }
        PurchaseState::Refunding => Some(&mut work.refunding),
        _ => None,
    };
    if let Some(number) = number {
        *number += 1;
    }
    work.removals += i64::from(purchase.access == AccessState::RemovalQueued);
}

/// Whether nothing will be done about the purchase any more, unless late money comes.
pub(super) fn is_finished(purchase: &Purchase) -> bool {
    let waits_for_refund = matches!(
        purchase.state,
        PurchaseState::Mismatch | PurchaseState::Refunding
    );
    let waits_for_router = purchase.access == AccessState::RemovalQueued
        || (purchase.state == PurchaseState::Paid && purchase.access == AccessState::Pending);
    !purchase.state.is_open()
        && !waits_for_refund
        && !waits_for_router
        && purchase.parked_reason.is_none()
}

/// Takes the fields that change in a purchase's life from `new`, the rest from `old`, and counts
/// the revision up.
pub(super) fn merge(old: &Purchase, new: &Purchase) -> Purchase {
    let fixed = old.clone();
    Purchase {
        id: fixed.id,
        attempt_id: fixed.attempt_id,
        tenant_id: fixed.tenant_id,
        router_id: fixed.router_id,
        product_id: fixed.product_id,
        sale_name: fixed.sale_name,
        profile_name: fixed.profile_name,
        gateway: fixed.gateway,
        credentials_version: fixed.credentials_version,
        mode: fixed.mode,
        amount: fixed.amount,
        customer: fixed.customer,
        device: fixed.device,
        voucher_kind: fixed.voucher_kind,
        candidates: fixed.candidates,
        hotspot_password: fixed.hotspot_password,
        reference: fixed.reference,
        api_key_id: fixed.api_key_id,
        created_at: fixed.created_at,
        revision: fixed.revision + 1,
        ..new.clone()
    }
}

/// The status word by the table of docs/reference/http-contract.md, section 13.2.
pub(super) fn shown_status(purchase: &Purchase) -> &str {
    let paid = match purchase.gateway {
        GatewayKind::Conekta => "paid",
        GatewayKind::MercadoPago => "approved",
    };
    match purchase.state {
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending => "pending",
        // Until the money is back it is ours.
        PurchaseState::Paid | PurchaseState::Mismatch | PurchaseState::Refunding => paid,
        PurchaseState::Declined => purchase.gateway_status.as_deref().unwrap_or("declined"),
        PurchaseState::Failed | PurchaseState::GivenUp => "failed",
        PurchaseState::Refunded => "refunded",
        PurchaseState::ChargedBack => "charged_back",
    }
}
