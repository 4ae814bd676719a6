//! An order without a charge: a durable handle before money moves.

use domain::gateway::GatewayMode;
use ports::payments::{ChargeRequest, GatewayAccount, NotCharged};
use reqwest::Method;

use crate::conekta::api::Api;
use crate::conekta::refusal;
use crate::conekta::requests::OrderBody;
use crate::conekta::wire::Order;
use crate::http::answer::{Answer, Lost};

/// Makes the order and compares what came back with what was asked for.
pub(crate) async fn run(
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
        let why = refusal(&answer);
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

fn refusal(answer: &Answer) -> NotCharged {
    match answer.status {
        401 | 402 | 403 | 404 | 409 => NotCharged::Misconfigured,
        400 | 422 => refusal::refused_fields(&answer.json().unwrap_or_default()),
        429 => NotCharged::Busy,
        _ => NotCharged::Failed,
    }
}
