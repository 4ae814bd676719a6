//! Refunds, under the caller's key.
//! And cancelling a payment that is still open.

use domain::money::Money;
use ports::payments::{CancelOutcome, GatewayAccount, PaymentHandle, RefundOutcome, RefundRequest};
use reqwest::Method;
use uuid::Uuid;

use crate::http::{Answer, Lost};
use crate::mercado_pago::api::Api;
use crate::mercado_pago::body::{CancelBody, RefundBody, decimal};
use crate::mercado_pago::causes::{self, Meaning};
use crate::mercado_pago::wire::{Payment, Refund};
use crate::mercado_pago::{read, repeat};

/// Asks for the refund, repeats it under its key while the answer is lost, and judges.
pub(crate) async fn refund(
    api: &Api,
    account: &GatewayAccount,
    request: &RefundRequest,
) -> RefundOutcome {
    let Some(id) = request.handle.payment_id.as_deref() else {
        return RefundOutcome::Refused("no_payment".to_owned());
    };
    let path = ["v1", "payments", id, "refunds"];
    let call = Api::call(account, "mercado pago refund", Method::POST, &path).json(&RefundBody {
        amount: decimal(request.amount),
    });
    let call = Api::with_key(call, &request.key);
    let sent = repeat::send(api, &call, api.deadline(), |answer| {
        refund_in(answer).is_some()
    })
    .await;
    match sent.last {
        Ok(answer) if answer.is_success() => made(&answer, request.amount),
        Ok(_) if sent.is_doubtful => RefundOutcome::Unknown,
        Ok(answer) => refused(&answer),
        Err(Lost::Unsendable) => RefundOutcome::Refused("unusable_key".to_owned()),
        Err(Lost::NotSent) if !sent.is_doubtful => RefundOutcome::NotSent,
        Err(_) => RefundOutcome::Unknown,
    }
}

fn refund_in(answer: &Answer) -> Option<Refund> {
    answer.json::<Refund>().filter(|refund| refund.id.is_some())
}

/// A refund under review is not done yet: the payment's refunded total tells later.
fn made(answer: &Answer, amount: Money) -> RefundOutcome {
    let Some(refund) = refund_in(answer) else {
        return RefundOutcome::Unknown;
    };
    let is_ours = refund
        .amount
        .is_none_or(|theirs| theirs.0 == amount.minor());
    match refund.status.as_deref() {
        Some("approved") | None if is_ours => RefundOutcome::Done {
            refund_id: refund.id,
        },
        Some(status @ ("rejected" | "cancelled")) => RefundOutcome::Refused(status.to_owned()),
        _ => RefundOutcome::Unknown,
    }
}

/// The gateway did not answer itself, or has seen the same request before.
fn is_open(answer: &Answer) -> bool {
    matches!(
        causes::meaning(answer),
        Meaning::Unsure | Meaning::SeenBefore
    )
}

fn refused(answer: &Answer) -> RefundOutcome {
    match answer.status {
        429 => RefundOutcome::NotSent,
        400 | 422 if is_open(answer) => RefundOutcome::Unknown,
        400 | 401 | 403 | 404 | 422 => {
            let codes = causes::codes(answer);
            let text = if codes.is_empty() {
                format!("http_{}", answer.status)
            } else {
                codes
            };
            RefundOutcome::Refused(text)
        }
        _ => RefundOutcome::Unknown,
    }
}

/// Cancels; without the payment's id, searches for it first.
pub(crate) async fn cancel(
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
