//! What must hold within one purchase: the last line against access without money, and against
//! money without a trace.

use domain::purchase::{AccessState, Purchase, PurchaseState};
use ports::store::error::StoreError;

/// Whether the purchase contradicts itself; names the check that says so.
fn violated(purchase: &Purchase) -> Option<&'static str> {
    let is_paid = purchase.state == PurchaseState::Paid;
    let was_sent = purchase.charge_sent_at.is_some();
    let charge_fits = match purchase.state {
        PurchaseState::Created => !was_sent,
        PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending
        | PurchaseState::Declined
        | PurchaseState::GivenUp => was_sent,
        _ => true,
    };
    let most = purchase.charged_minor.unwrap_or(purchase.amount.minor());
    let is_open = purchase.access == AccessState::Active;
    let rules = [
        (charge_fits, "transacciones_cargo_check"),
        (
            !is_paid || (was_sent && purchase.paid_at.is_some()),
            "transacciones_pagada_check",
        ),
        (
            !is_open || (is_paid && purchase.activated_at.is_some()),
            "transacciones_acceso_check",
        ),
        (
            (0..=most).contains(&purchase.refunded_minor),
            "transacciones_reembolsado_check",
        ),
        (purchase.amount.minor() > 0, "transacciones_monto_check"),
    ];
    rules
        .into_iter()
        .find(|(holds, _name)| !holds)
        .map(|(_holds, name)| name)
}

/// Refuses a purchase that contradicts itself.
pub(super) fn check_purchase(purchase: &Purchase) -> Result<(), StoreError> {
    match violated(purchase) {
        Some(name) => Err(StoreError::Internal(format!("violates {name}").into())),
        None => Ok(()),
    }
}
