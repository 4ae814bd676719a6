//! Cancelling an order whose charge is pending.

use ports::payments::{CancelOutcome, GatewayAccount, PaymentHandle};
use reqwest::Method;

use crate::conekta::api::Api;
use crate::conekta::wire::Order;

/// Cancels; only an order that says so itself counts as cancelled.
pub(crate) async fn run(
    api: &Api,
    account: &GatewayAccount,
    handle: &PaymentHandle,
) -> CancelOutcome {
    let Some(order_id) = handle.order_id.as_deref() else {
        return CancelOutcome::Refused;
    };
    let path = ["orders", order_id, "cancel"];
    let call = Api::call(account, "conekta cancel", Method::POST, &path);
    match api.send(&call, api.deadline()).await {
        Ok(answer) if answer.is_success() => {
            let order: Order = answer.json().unwrap_or_default();
            match order.payment_status.as_deref() {
                Some("canceled" | "cancelled" | "voided" | "expired") => CancelOutcome::Cancelled,
                Some("paid" | "partially_refunded" | "refunded" | "charged_back") => {
                    CancelOutcome::Refused
                }
                _ => CancelOutcome::Unknown,
            }
        }
        Ok(answer) => match answer.status {
            400..=404 | 409 | 422 | 428 => CancelOutcome::Refused,
            _ => CancelOutcome::Unknown,
        },
        Err(_) => CancelOutcome::Unknown,
    }
}
