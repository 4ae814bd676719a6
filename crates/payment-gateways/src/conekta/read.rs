//! Reading a payment.

use ports::payments::{GatewayAccount, PaymentHandle, ReadError, ReadOutcome};
use reqwest::Method;

use crate::conekta::api::Api;
use crate::conekta::wire::{Order, OrderPage};
use crate::conekta::{facts, status};
use crate::http::deadline::Deadline;

/// Reads the order; without its id, looks for one that carries our reference.
pub(crate) async fn run(
    api: &Api,
    account: &GatewayAccount,
    handle: &PaymentHandle,
    deadline: Deadline,
) -> Result<ReadOutcome, ReadError> {
    let order = match handle.order_id.as_deref() {
        Some(order_id) => order(api, account, order_id, deadline).await?,
        None => match search(api, account, &handle.reference, deadline).await? {
            Some(order) => order,
            None => return Ok(ReadOutcome::NoCharge),
        },
    };
    match facts::choose(&order, Some(&handle.reference)) {
        Some(charge) => Ok(ReadOutcome::Found(Box::new(facts::read(
            charge,
            Some(&order),
        )))),
        // An order that holds money has a charge, even if this answer left it out.
        None if status::took_money(order.payment_status.as_deref()) => Err(ReadError::Unavailable),
        None => Ok(ReadOutcome::NoCharge),
    }
}

/// The order as it is now.
pub(crate) async fn order(
    api: &Api,
    account: &GatewayAccount,
    order_id: &str,
    deadline: Deadline,
) -> Result<Order, ReadError> {
    let call = Api::call(account, "conekta read", Method::GET, &["orders", order_id]);
    let order: Order = api.read(&call, deadline).await?;
    // Anything but the order that was asked for is no answer, above all not "no charge".
    match order.id.as_deref() {
        Some(theirs) if theirs == order_id => Ok(order),
        _ => Err(ReadError::Unavailable),
    }
}

/// The search is a general one over mails, references and ids; what it finds is filtered here.
async fn search(
    api: &Api,
    account: &GatewayAccount,
    reference: &str,
    deadline: Deadline,
) -> Result<Option<Order>, ReadError> {
    let call = Api::call(account, "conekta search", Method::GET, &["orders"])
        .query("search", reference)
        .query("limit", "20");
    let page: OrderPage = api.read(&call, deadline).await?;
    if page.object.as_deref() != Some("list") {
        return Err(ReadError::Unavailable);
    }
    let ours = |text: &Option<String>| text.as_deref() == Some(reference);
    Ok(page.data.into_iter().find(|order| {
        order
            .charges
            .iter()
            .any(|charge| ours(&charge.reference_id))
            || order
                .metadata
                .as_ref()
                .is_some_and(|metadata| ours(&metadata.referencia))
    }))
}
