//! Listing payments of a window of time.

use domain::gateway::PaymentFacts;
use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentPage, ReadError};
use reqwest::Method;
use url::Url;

use crate::conekta::api::Api;
use crate::conekta::facts;
use crate::conekta::wire::{Order, OrderPage};

/// Orders per page. The vendor allows 250, but an order with its charge takes some kilobytes and
/// a page must stay below the limit for answers.
const PAGE: &str = "100";

/// One page of orders that have a charge, newest first.
pub(crate) async fn run(
    api: &Api,
    account: &GatewayAccount,
    from: Timestamp,
    to: Timestamp,
    cursor: Option<String>,
) -> Result<PaymentPage, ReadError> {
    let mut call = Api::call(account, "conekta list", Method::GET, &["orders"])
        .query("limit", PAGE)
        .query("created_at.gte", from.unix_seconds().to_string())
        .query("created_at.lte", to.unix_seconds().to_string());
    if let Some(cursor) = &cursor {
        call = call.query("next", cursor.clone());
    }
    let page: OrderPage = api.read(&call, api.deadline()).await?;
    if page.object.as_deref() != Some("list") {
        return Err(ReadError::Unavailable);
    }
    let payments = page.data.iter().filter_map(payment).collect();
    // Only the cursor of the next page's address is taken over: the host stays ours.
    let next = page.next_page_url.as_deref().and_then(next_cursor);
    // A gateway that answers a page with itself must not keep the audit going for ever.
    Ok(PaymentPage {
        payments,
        next: next.filter(|next| cursor.as_ref() != Some(next)),
    })
}

fn payment(order: &Order) -> Option<(PaymentFacts, Option<domain::gateway::PaymentMark>)> {
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
