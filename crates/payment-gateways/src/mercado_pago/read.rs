//! Reading a payment, and listing those of a window of time.

use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentHandle, PaymentPage, ReadError, ReadOutcome};
use reqwest::Method;

use crate::http::Deadline;
use crate::mercado_pago::api::Api;
use crate::mercado_pago::wire::{Account, Payment, SearchPage};
use crate::mercado_pago::{facts, status};
use crate::text;

/// Reads the payment; without its id, searches for it first.
pub(crate) async fn read(
    api: &Api,
    account: &GatewayAccount,
    handle: &PaymentHandle,
    deadline: Deadline,
) -> Result<ReadOutcome, ReadError> {
    let id = match handle.payment_id.as_deref() {
        Some(id) => id.to_owned(),
        None => match search(api, account, &handle.reference, deadline).await? {
            Some(id) => id,
            None => return Ok(ReadOutcome::NoCharge),
        },
    };
    // What a search shows may be older than the payment itself.
    let payment = by_id(api, account, &id, deadline).await?;
    Ok(ReadOutcome::Found(Box::new(facts::read(
        &payment,
        account.mode,
    ))))
}

async fn by_id(
    api: &Api,
    account: &GatewayAccount,
    id: &str,
    deadline: Deadline,
) -> Result<Payment, ReadError> {
    let path = ["v1", "payments", id];
    let call = Api::call(account, "mercado pago read", Method::GET, &path);
    let payment: Payment = api.http.read(&call, deadline).await?;
    // Anything but the payment that was asked for is no answer.
    match payment.id.as_deref() {
        Some(theirs) if theirs == id && payment.status.is_some() => Ok(payment),
        _ => Err(ReadError::Unavailable),
    }
}

/// The id of the payment with our reference; of several the one that holds money, else the
/// newest. The vendor requires `sort` and `criteria`.
pub(crate) async fn search(
    api: &Api,
    account: &GatewayAccount,
    reference: &str,
    deadline: Deadline,
) -> Result<Option<String>, ReadError> {
    let path = ["v1", "payments", "search"];
    let call = Api::call(account, "mercado pago search", Method::GET, &path)
        .query("external_reference", reference)
        .query("sort", "date_created")
        .query("criteria", "desc")
        .query("limit", "50")
        .query("offset", "0");
    let page: SearchPage = api.http.read(&call, deadline).await?;
    if page.paging.is_none() {
        // Not a result list: an empty one would say "no such payment".
        return Err(ReadError::Unavailable);
    }
    let rank = |payment: &Payment| status::rank(&facts::read(payment, account.mode).status);
    let chosen = page
        .results
        .into_iter()
        // A result without our reference is somebody else's, whatever was asked for.
        .filter(|payment| payment.external_reference.as_deref() == Some(reference))
        .filter(|payment| payment.id.is_some())
        // The first of equals is the newest.
        .rev()
        .max_by_key(rank);
    Ok(chosen.and_then(|payment| payment.id))
}

/// The account's own id.
pub(crate) async fn account_id(
    api: &Api,
    account: &GatewayAccount,
) -> Result<Option<String>, ReadError> {
    let call = Api::call(
        account,
        "mercado pago account",
        Method::GET,
        &["users", "me"],
    );
    let found: Account = api.http.read(&call, api.http.deadline()).await?;
    Ok(found.id)
}

/// Payments per page; one takes some kilobytes, and a page must stay below the limit for answers.
const PAGE: &str = "50";

/// One page of payments, oldest first. The cursor is the offset.
pub(crate) async fn list(
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
        .query("sort", "date_last_updated")
        .query("criteria", "asc")
        .query("range", "date_last_updated")
        .query("begin_date", begin)
        .query("end_date", end)
        .query("limit", PAGE)
        .query("offset", offset.to_string());
    let page: SearchPage = api.http.read(&call, api.http.deadline()).await?;
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
