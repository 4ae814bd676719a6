//! The word that callers read as `estado_pago`.

use domain::gateway::GatewayKind;
use domain::purchase::{Purchase, PurchaseState};

use crate::rows::convert::clean;

/// The status word by the table of docs/reference/http-contract.md, section 13.2.
pub(crate) fn shown_status(purchase: &Purchase) -> String {
    let paid = match purchase.gateway {
        GatewayKind::Conekta => "paid",
        GatewayKind::MercadoPago => "approved",
    };
    match purchase.state {
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending => "pending".to_owned(),
        // Until the money is back it is ours.
        PurchaseState::Paid | PurchaseState::Mismatch | PurchaseState::Refunding => paid.to_owned(),
        PurchaseState::Declined => purchase
            .gateway_status
            .as_deref()
            .map_or_else(|| "declined".to_owned(), clean),
        PurchaseState::Failed | PurchaseState::GivenUp => "failed".to_owned(),
        PurchaseState::Refunded => "refunded".to_owned(),
        PurchaseState::ChargedBack => "charged_back".to_owned(),
    }
}
