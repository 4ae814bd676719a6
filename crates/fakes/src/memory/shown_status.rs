//! The word that callers read as `estado_pago`.

use domain::gateway::GatewayKind;
use domain::purchase::{Purchase, PurchaseState};

/// The status word by the table of the HTTP contract, section 13.2.
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
