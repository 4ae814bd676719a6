//! Refunds, and cancelling a payment that is still open. There is no idempotency key: one send, and any doubt is unknown.
//!
//! The order is read first: only a total that grew by our amount says that our refund was made,
//! and not an earlier one.

use ports::payments::{
    CancelOutcome, GatewayAccount, PaymentHandle, ReadError, RefundOutcome, RefundRequest,
};
use reqwest::Method;

use crate::conekta::codes::{self, Meaning};
use crate::conekta::wire::{self, ErrorBody, Order, RefundBody};
use crate::conekta::{facts, read};
use crate::http::{Answer, HttpClient};
use crate::outcome::{self, CancelTable};

/// Asks for the refund and judges the answer.
pub(crate) async fn refund(
    http: &HttpClient,
    account: &GatewayAccount,
    request: &RefundRequest,
) -> RefundOutcome {
    let Some(order_id) = request.handle.order_id.as_deref() else {
        return RefundOutcome::Refused("no_order".to_owned());
    };
    let deadline = http.deadline();
    let before = match read::order(http, account, order_id, deadline).await {
        Ok(order) => facts::refunded_at_most(&order),
        Err(ReadError::Refused) => return RefundOutcome::Refused("read_refused".to_owned()),
        Err(ReadError::Busy | ReadError::Unavailable) => return RefundOutcome::NotSent,
    };
    let body = RefundBody {
        amount: request.amount.minor(),
        reason: "requested_by_client",
    };
    let path = ["orders", order_id, "refunds"];
    let call = wire::call(account, "conekta refund", Method::POST, &path).json(&body);
    match http.send(&call, deadline).await {
        Ok(answer) if answer.is_success() => {
            done(&answer, order_id, request.amount.minor(), before)
        }
        Ok(answer) => refused(&answer),
        Err(lost) => outcome::lost_refund(lost),
    }
}

/// The answer is the order; its total must have grown by our amount. A pending refund is not in
/// the total yet.
fn done(answer: &Answer, order_id: &str, amount: i64, before: i64) -> RefundOutcome {
    let Some(order) = answer.json::<Order>() else {
        return RefundOutcome::Unknown;
    };
    let is_ours = order.id.as_deref() == Some(order_id);
    let wanted = before.saturating_add(amount);
    let is_refunded = order.amount_refunded.is_some_and(|total| total >= wanted);
    if !is_ours || !is_refunded {
        return RefundOutcome::Unknown;
    }
    // Refunds carry negative amounts; the newest of ours comes last.
    let refund_id = order
        .charges
        .iter()
        .flat_map(|charge| &charge.refunds)
        .rfind(|refund| refund.amount.and_then(i64::checked_abs) == Some(amount))
        .and_then(|refund| refund.id.clone());
    RefundOutcome::Done { refund_id }
}

fn refused(answer: &Answer) -> RefundOutcome {
    let error: ErrorBody = answer.json().unwrap_or_default();
    let is_unsure = error
        .details
        .iter()
        .filter_map(|detail| codes::meaning(detail.code.as_deref()?))
        .any(|meaning| matches!(meaning, Meaning::Unsure(_)));
    if answer.status == 402 && (is_unsure || error.details.is_empty()) {
        return RefundOutcome::Unknown;
    }
    outcome::refused_refund(answer.status, codes::codes_of(&error))
}

/// Only an order that says so itself counts as cancelled.
const CANCEL: CancelTable = CancelTable {
    refusals: &[400, 401, 402, 403, 404, 409, 422, 428],
    cancelled: &["canceled", "cancelled", "voided", "expired"],
    kept: &["paid", "partially_refunded", "refunded", "charged_back"],
};

/// Cancels an order that is still open.
pub(crate) async fn cancel(
    http: &HttpClient,
    account: &GatewayAccount,
    handle: &PaymentHandle,
) -> CancelOutcome {
    let Some(order_id) = handle.order_id.as_deref() else {
        return CancelOutcome::Refused;
    };
    let path = ["orders", order_id, "cancel"];
    let call = wire::call(account, "conekta cancel", Method::POST, &path);
    let answer = http.send(&call, http.deadline()).await;
    CANCEL.judge(answer, |order: Order| order.payment_status)
}
