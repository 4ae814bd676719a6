//! Listing payments of a window of time.

use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentPage, ReadError};
use reqwest::Method;

use crate::mercado_pago::api::Api;
use crate::mercado_pago::facts;
use crate::mercado_pago::wire::SearchPage;
use crate::text;

/// Payments per page; one takes some kilobytes, and a page must stay below the limit for answers.
const PAGE: &str = "50";

/// One page of payments, oldest first. The cursor is the offset.
pub(crate) async fn run(
    api: &Api,
    account: &GatewayAccount,
    from: Timestamp,
    to: Timestamp,
    cursor: Option<String>,
) -> Result<PaymentPage, ReadError> {
    let offset: usize = match cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_not_ours| ReadError::Unavailable)?,
    };
    let (begin, end) = text::iso_moment(from)
        .zip(text::iso_moment(to))
        .ok_or(ReadError::Unavailable)?;
    let path = ["v1", "payments", "search"];
    let call = Api::call(account, "mercado pago list", Method::GET, &path)
        .query("sort", "date_created")
        .query("criteria", "asc")
        .query("range", "date_created")
        .query("begin_date", begin)
        .query("end_date", end)
        .query("limit", PAGE)
        .query("offset", offset.to_string());
    let page: SearchPage = api.read(&call, api.deadline()).await?;
    let paging = page.paging.ok_or(ReadError::Unavailable)?;
    let end = offset.saturating_add(page.results.len());
    let total = paging
        .total
        .and_then(|total| usize::try_from(total).ok())
        .unwrap_or(0);
    let has_more = !page.results.is_empty() && end < total;
    let payments = page
        .results
        .iter()
        .map(|payment| {
            let mark = payment
                .metadata
                .as_ref()
                .and_then(crate::marks::Metadata::mark);
            (facts::read(payment, account.mode), mark)
        })
        .collect();
    Ok(PaymentPage {
        payments,
        next: has_more.then(|| end.to_string()),
    })
}
