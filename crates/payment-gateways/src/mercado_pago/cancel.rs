//! Cancelling a payment that is pending or under review.

use ports::payments::{CancelOutcome, GatewayAccount, PaymentHandle};
use reqwest::Method;
use uuid::Uuid;

use crate::mercado_pago::api::Api;
use crate::mercado_pago::body::CancelBody;
use crate::mercado_pago::read;
use crate::mercado_pago::wire::Payment;

/// Cancels; without the payment's id, searches for it first.
pub(crate) async fn run(
    api: &Api,
    account: &GatewayAccount,
    handle: &PaymentHandle,
) -> CancelOutcome {
    let deadline = api.deadline();
    let id = match handle.payment_id.clone() {
        Some(id) => id,
        None => match read::search(api, account, &handle.reference, deadline).await {
            Ok(Some(id)) => id,
            // Nothing to cancel (yet); reading will tell.
            Ok(None) => return CancelOutcome::Refused,
            Err(_) => return CancelOutcome::Unknown,
        },
    };
    let call = Api::call(
        account,
        "mercado pago cancel",
        Method::PUT,
        &["v1", "payments", &id],
    )
    .json(&CancelBody {
        status: "cancelled",
    });
    let call = Api::with_key(call, &key(&id));
    match api.send(&call, deadline).await {
        Ok(answer) if answer.is_success() => {
            let payment: Payment = answer.json().unwrap_or_default();
            match payment.status.as_deref() {
                Some("cancelled" | "canceled") => CancelOutcome::Cancelled,
                Some("approved" | "rejected" | "refunded" | "charged_back" | "in_mediation") => {
                    CancelOutcome::Refused
                }
                _ => CancelOutcome::Unknown,
            }
        }
        Ok(answer) => match answer.status {
            400..=404 | 422 => CancelOutcome::Refused,
            _ => CancelOutcome::Unknown,
        },
        Err(_) => CancelOutcome::Unknown,
    }
}

/// One key per payment: cancelling twice means the same.
fn key(payment_id: &str) -> Uuid {
    Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("cancel/{payment_id}").as_bytes(),
    )
}
