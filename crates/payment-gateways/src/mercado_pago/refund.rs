//! Refunds, under the caller's key, and cancelling a payment that is still open.

use domain::money::Money;
use ports::payments::{CancelOutcome, GatewayAccount, PaymentHandle, RefundOutcome, RefundRequest};
use reqwest::Method;
use uuid::Uuid;

use crate::http::Answer;
use crate::mercado_pago::api::Api;
use crate::mercado_pago::causes::{self, Meaning};
use crate::mercado_pago::read;
use crate::mercado_pago::wire::{CancelBody, Payment, Refund, RefundBody, decimal};
use crate::outcome::{self, CancelTable};

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
    let deadline = api.http.deadline();
    let sent = api
        .send_repeatedly(&call, deadline, |answer| refund_in(answer).is_some())
        .await;
    match sent.last {
        Ok(answer) if answer.is_success() => made(&answer, request.amount),
        Ok(answer) if !sent.is_doubtful => refused(&answer),
        Err(lost) if !sent.is_doubtful => outcome::lost_refund(lost),
        _ => RefundOutcome::Unknown,
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

fn refused(answer: &Answer) -> RefundOutcome {
    match causes::meaning(answer) {
        // The gateway did not answer itself, or has seen the same request before.
        Meaning::Unsure | Meaning::SeenBefore => RefundOutcome::Unknown,
        Meaning::NotCharged(_) => outcome::refused_refund(answer.status, causes::codes(answer)),
    }
}

const CANCEL: CancelTable = CancelTable {
    refusals: &[400, 401, 402, 403, 404, 422],
    cancelled: &["cancelled", "canceled"],
    kept: &[
        "approved",
        "rejected",
        "refunded",
        "charged_back",
        "in_mediation",
    ],
};

/// Cancels; without the payment's id, searches for it first.
pub(crate) async fn cancel(
    api: &Api,
    account: &GatewayAccount,
    handle: &PaymentHandle,
) -> CancelOutcome {
    let deadline = api.http.deadline();
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
    let answer = api.http.send(&call, deadline).await;
    CANCEL.judge(answer, |payment: Payment| payment.status)
}

/// One key per payment: cancelling twice means the same.
fn key(payment_id: &str) -> Uuid {
    Uuid::new_v5(
        &Uuid::NAMESPACE_URL,
        format!("cancel/{payment_id}").as_bytes(),
    )
}
