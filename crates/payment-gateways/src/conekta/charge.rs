//! An order without a charge, a durable handle before money moves; then its one charge.

use domain::gateway::{ExpectedPayment, GatewayMode, PaymentStatus, Proof};
use ports::payments::{
    ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, PaymentHandle, ReadOutcome,
};
use reqwest::Method;

use crate::conekta::api::Api;
use crate::conekta::refusal::{self, Verdict};
use crate::conekta::requests::{ChargeBody, OrderBody};
use crate::conekta::wire::{Charge, Order};
use crate::conekta::{facts, read};
use crate::http::{Answer, Lost};

/// Makes the order and compares what came back with what was asked for.
pub(crate) async fn open_order(
    api: &Api,
    account: &GatewayAccount,
    request: &ChargeRequest,
) -> Result<String, NotCharged> {
    let call = Api::call(account, "conekta order", Method::POST, &["orders"])
        .json(&OrderBody::new(request));
    let answer = api
        .send(&call, api.deadline())
        .await
        .map_err(|lost| match lost {
            Lost::Unsendable => NotCharged::Misconfigured,
            Lost::NotSent => NotCharged::Unreachable,
            Lost::TimedOut => NotCharged::TimedOut,
            Lost::Broken => NotCharged::Failed,
        })?;
    if !answer.is_success() {
        let why = refused_order(&answer);
        refusal::log(account, "order", &answer, why);
        return Err(why);
    }
    let order: Order = answer.json().ok_or(NotCharged::Failed)?;
    let live = account.mode == GatewayMode::Live;
    if order.livemode.is_some_and(|theirs| theirs != live) {
        return Err(NotCharged::Misconfigured);
    }
    let differs = order
        .amount
        .is_some_and(|amount| amount != request.amount.minor())
        || order.currency.as_deref().is_some_and(|currency| {
            !currency.eq_ignore_ascii_case(request.amount.currency().code())
        });
    if differs {
        return Err(NotCharged::Failed);
    }
    order.id.ok_or(NotCharged::Failed)
}

fn refused_order(answer: &Answer) -> NotCharged {
    match answer.status {
        401 | 402 | 403 | 404 | 409 => NotCharged::Misconfigured,
        400 | 422 => refusal::refused_fields(&answer.json().unwrap_or_default()),
        429 => NotCharged::Busy,
        _ => NotCharged::Failed,
    }
}

/// Sends the charge, once. An answer that is no proof by itself, and a refusal whose code nobody
/// knows, are checked against the order if time is left.
pub(crate) async fn charge(
    api: &Api,
    account: &GatewayAccount,
    order_id: &str,
    request: &ChargeRequest,
) -> ChargeOutcome {
    let deadline = api.deadline();
    let path = ["orders", order_id, "charges"];
    let call =
        Api::call(account, "conekta charge", Method::POST, &path).json(&ChargeBody::new(request));
    let answer = match api.send(&call, deadline).await {
        Ok(answer) => answer,
        Err(Lost::Unsendable) => return ChargeOutcome::NotCharged(NotCharged::Misconfigured),
        Err(Lost::NotSent) => return ChargeOutcome::NotCharged(NotCharged::Unreachable),
        Err(lost) => return ChargeOutcome::Unknown(lost.text().to_owned()),
    };
    let on_no_charge = if answer.is_success() {
        if let Some(outcome) = proven(&answer, account, order_id, request) {
            return outcome;
        }
        ChargeOutcome::Unknown("accepted, but the order shows no charge".to_owned())
    } else {
        let verdict = refusal::judge(&answer, order_id, &request.reference);
        let (outcome, is_final) = match verdict {
            Verdict::Final(outcome) => (outcome, true),
            Verdict::ReadFirst(outcome) => (outcome, false),
        };
        if let ChargeOutcome::NotCharged(why) = outcome {
            refusal::log(account, "charge", &answer, why);
        }
        if is_final {
            return outcome;
        }
        outcome
    };
    let handle = PaymentHandle {
        reference: request.reference.clone(),
        order_id: Some(order_id.to_owned()),
        payment_id: None,
    };
    match read::read(api, account, &handle, deadline).await {
        Ok(ReadOutcome::Found(facts)) => ChargeOutcome::Answered(facts),
        Ok(ReadOutcome::NoCharge) => on_no_charge,
        Err(error) => {
            ChargeOutcome::Unknown(format!("HTTP {} without facts; {error}", answer.status))
        }
    }
}

/// Proof without another read: status paid, our order, amount and currency, our reference or
/// none.
fn proven(
    answer: &Answer,
    account: &GatewayAccount,
    order_id: &str,
    request: &ChargeRequest,
) -> Option<ChargeOutcome> {
    let charge: Charge = answer.json()?;
    let facts = facts::read(&charge, None);
    let expected = ExpectedPayment {
        amount: request.amount,
        reference: request.reference.clone(),
        order_id: Some(order_id.to_owned()),
        mode: account.mode,
        collector: None,
    };
    let is_proof = answer.status == 200
        && facts.status == PaymentStatus::Approved
        && facts.order_id.as_deref() == Some(order_id)
        && expected.check(&facts) == Proof::Complete;
    is_proof.then(|| ChargeOutcome::Answered(Box::new(facts)))
}
