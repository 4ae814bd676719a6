//! Reading a payment, and listing those of a window of time.

use domain::gateway::PaymentFacts;
use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentHandle, PaymentPage, ReadError, ReadOutcome};
use reqwest::Method;
use url::Url;

use crate::conekta::wire::{self, Order, OrderPage};
use crate::conekta::{facts, status};
use crate::http::{Deadline, HttpClient};

/// Reads the order; without its id, looks for one that carries our reference.
pub(crate) async fn read(
    http: &HttpClient,
    account: &GatewayAccount,
    handle: &PaymentHandle,
    deadline: Deadline,
) -> Result<ReadOutcome, ReadError> {
    let order = match handle.order_id.as_deref() {
        Some(order_id) => order(http, account, order_id, deadline).await?,
        None => match search(http, account, &handle.reference, deadline).await? {
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
    http: &HttpClient,
    account: &GatewayAccount,
    order_id: &str,
    deadline: Deadline,
) -> Result<Order, ReadError> {
    let call = wire::call(account, "conekta read", Method::GET, &["orders", order_id]);
    let order: Order = http.read(&call, deadline).await?;
    // Anything but the order that was asked for is no answer, above all not "no charge".
    match order.id.as_deref() {
        Some(theirs) if theirs == order_id => Ok(order),
        _ => Err(ReadError::Unavailable),
    }
}

/// The search is a general one over mails, references and ids; what it finds is filtered here.
async fn search(
    http: &HttpClient,
    account: &GatewayAccount,
    reference: &str,
    deadline: Deadline,
) -> Result<Option<Order>, ReadError> {
    let call = wire::call(account, "conekta search", Method::GET, &["orders"])
        .query("search", reference)
        .query("limit", "20");
    let page: OrderPage = http.read(&call, deadline).await?;
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

/// Orders per page. The vendor allows 250, but an order with its charge takes some kilobytes and
/// a page must stay below the limit for answers.
const PAGE: &str = "100";

/// One page of orders that have a charge, newest first.
pub(crate) async fn list(
    http: &HttpClient,
    account: &GatewayAccount,
    from: Timestamp,
    to: Timestamp,
    cursor: Option<String>,
) -> Result<PaymentPage, ReadError> {
    let mut call = wire::call(account, "conekta list", Method::GET, &["orders"])
        .query("limit", PAGE)
        .query("updated_at.gte", from.unix_seconds().to_string())
        .query("updated_at.lte", to.unix_seconds().to_string());
    if let Some(cursor) = &cursor {
        call = call.query("next", cursor.clone());
    }
    let page: OrderPage = http.read(&call, http.deadline()).await?;
    if page.object.as_deref() != Some("list") {
        return Err(ReadError::Unavailable);
    }
    let payments = page.data.iter().filter_map(listed).collect();
    // Only the cursor of the next page's address is taken over: the host stays ours.
    let next = page.next_page_url.as_deref().and_then(next_cursor);
    // A gateway that answers a page with itself must not keep the audit going for ever.
    Ok(PaymentPage {
        payments,
        next: next.filter(|next| cursor.as_ref() != Some(next)),
    })
}

fn listed(order: &Order) -> Option<(PaymentFacts, Option<domain::gateway::PaymentMark>)> {
    let metadata = order.metadata.clone().unwrap_or_default();
    let charge = facts::choose(order, metadata.referencia.as_deref())?;
    Some((facts::read(charge, Some(order)), metadata.mark()))
}

fn next_cursor(address: &str) -> Option<String> {
    let url = Url::parse(address)
        .or_else(|_relative| Url::parse("http://base.invalid/").and_then(|base| base.join(address)))
        .ok()?;
    let (_, cursor) = url.query_pairs().find(|(name, _)| name == "next")?;
    (!cursor.is_empty() && cursor.len() <= 255).then(|| cursor.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cursor_is_taken_from_the_next_address() {
        for (address, cursor) in [
            (
                "https://api.conekta.io/orders?limit=20&next=ord_9",
                Some("ord_9"),
            ),
            ("https://evil.test/?next=ord_9&x=1", Some("ord_9")),
            ("/orders?next=ord%209", Some("ord 9")),
            ("https://api.conekta.io/orders?limit=20", None),
            ("https://api.conekta.io/orders?next=", None),
            ("", None),
        ] {
            assert_eq!(next_cursor(address).as_deref(), cursor, "{address}");
        }
    }
}
