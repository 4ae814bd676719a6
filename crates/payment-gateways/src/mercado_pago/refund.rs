//! Refunds, under the caller's key.

use domain::money::Money;
use ports::payments::{GatewayAccount, RefundOutcome, RefundRequest};
use reqwest::Method;

use crate::http::answer::{Answer, Lost};
use crate::mercado_pago::api::Api;
use crate::mercado_pago::body::{RefundBody, decimal};
use crate::mercado_pago::causes::{self, Meaning};
use crate::mercado_pago::repeat;
use crate::mercado_pago::wire::Refund;

/// Asks for the refund, repeats it under its key while the answer is lost, and judges.
pub(crate) async fn run(
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
        refund(answer).is_some()
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

fn refund(answer: &Answer) -> Option<Refund> {
    answer.json::<Refund>().filter(|refund| refund.id.is_some())
}

/// A refund under review is not done yet: the payment's refunded total tells later.
fn made(answer: &Answer, amount: Money) -> RefundOutcome {
    let Some(refund) = refund(answer) else {
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
