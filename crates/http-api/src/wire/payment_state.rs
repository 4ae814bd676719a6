//! `estado_pago` as callers know it (docs/reference/http-contract.md, section 13.2).

use domain::gateway::GatewayKind;
use domain::purchase::{Purchase, PurchaseState};

/// The word for a purchase's state.
pub(crate) fn payment_state(purchase: &Purchase) -> String {
    match purchase.state {
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending => "pending".to_owned(),
        // Until the money is back it is here. The stored word, which lists are filtered by, says
        // the same.
        PurchaseState::Paid | PurchaseState::Mismatch | PurchaseState::Refunding => {
            match purchase.gateway {
                GatewayKind::Conekta => "paid".to_owned(),
                GatewayKind::MercadoPago => "approved".to_owned(),
            }
        }
        PurchaseState::Declined => purchase
            .gateway_status
            .clone()
            .unwrap_or_else(|| "declined".to_owned()),
        PurchaseState::Failed | PurchaseState::GivenUp => "failed".to_owned(),
        PurchaseState::Refunded => "refunded".to_owned(),
        PurchaseState::ChargedBack => "charged_back".to_owned(),
    }
}

/// The gateway's own number of the sale; null until it is known.
pub(crate) fn transaction_id(purchase: &Purchase) -> Option<String> {
    match purchase.gateway {
        GatewayKind::Conekta => purchase.order_id.clone(),
        GatewayKind::MercadoPago => purchase.payment_id.clone(),
    }
}
