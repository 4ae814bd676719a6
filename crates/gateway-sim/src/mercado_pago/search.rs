//! `GET /v1/payments/search`.

use serde_json::{Value, json};

use crate::core::clock::parse_bound;
use crate::core::http::{Call, Reply, Request};
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::store::Payment;
use crate::mercado_pago::{State, view};

const SORTS: &[&str] = &[
    "date_approved",
    "date_created",
    "date_last_updated",
    "id",
    "money_release_date",
    "external_reference",
];

/// Searches the account's payments; `sort` and `criteria` are required.
pub(crate) fn search(
    state: &mut State<'_>,
    call: &Call,
    request: &Request,
) -> Result<Reply, Refusal> {
    let sort = request
        .query("sort")
        .filter(|sort| SORTS.contains(sort))
        .ok_or_else(|| Refusal::bad(1, "sort is required"))?;
    let descending = match request.query("criteria") {
        Some("desc") => true,
        Some("asc") => false,
        _ => return Err(Refusal::bad(1, "criteria is required: asc or desc")),
    };
    let number = |name: &str, default: usize, max: usize| match request.query(name) {
        None => Ok(default),
        Some(text) => {
            let number = text.parse().ok().filter(|number| *number <= max);
            number.ok_or_else(|| Refusal::bad(1, format!("Invalid {name}")))
        }
    };
    let limit = number("limit", 30, 1_000)?;
    let offset = number("offset", 0, 10_000)?;
    let window = window(request, call.now_ms)?;
    let mut found: Vec<&Payment> = Vec::new();
    for payment in state.store.payments.items_mut() {
        if payment.account != call.account {
            continue;
        }
        if payment.hidden > 0 {
            payment.hidden -= 1;
            continue;
        }
        if fits(payment, request, window) {
            found.push(payment);
        }
    }
    found.sort_by(|a, b| match sort {
        "external_reference" => a.external_reference.cmp(&b.external_reference),
        "date_approved" | "money_release_date" => a.approved_ms.cmp(&b.approved_ms),
        "date_last_updated" => a.updated_ms.cmp(&b.updated_ms),
        // Ids grow with time.
        _ => a.id.cmp(&b.id),
    });
    if descending {
        found.reverse();
    }
    let total = found.len();
    let results: Vec<Value> = found
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(view::payment)
        .collect();
    let paging = json!({ "total": total, "limit": limit, "offset": offset });
    Ok(Reply::json(
        200,
        json!({ "paging": paging, "results": results }),
    ))
}

#[derive(Clone, Copy)]
enum Range {
    Created,
    Updated,
    Approved,
}

type Window = Option<(Range, i64, i64)>;

fn window(request: &Request, now_ms: i64) -> Result<Window, Refusal> {
    let range = match request.query("range") {
        None => return Ok(None),
        Some("date_created") => Range::Created,
        Some("date_last_updated") => Range::Updated,
        Some("date_approved" | "money_release_date") => Range::Approved,
        Some(_) => return Err(Refusal::bad(1, "Invalid range")),
    };
    let bound = |name: &str, default: i64| match request.query(name) {
        None => Ok(default),
        Some(text) => {
            parse_bound(text, now_ms).ok_or_else(|| Refusal::bad(1, format!("Invalid {name}")))
        }
    };
    Ok(Some((
        range,
        bound("begin_date", i64::MIN)?,
        bound("end_date", i64::MAX)?,
    )))
}

fn fits(payment: &Payment, request: &Request, window: Window) -> bool {
    let reference = request.query("external_reference");
    let payer = payment.payer.get("id").map(|id| match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    reference.is_none_or(|wanted| payment.external_reference.as_deref() == Some(wanted))
        && request
            .query("status")
            .is_none_or(|wanted| payment.status == wanted)
        && request
            .query("payer.id")
            .is_none_or(|wanted| payer.as_deref() == Some(wanted))
        && request
            .query("collector.id")
            .is_none_or(|wanted| wanted == "me" || wanted == payment.collector.to_string())
        && window.is_none_or(|(range, from, to)| {
            let at = match range {
                Range::Created => Some(payment.created_ms),
                Range::Updated => Some(payment.updated_ms),
                Range::Approved => payment.approved_ms,
            };
            at.is_some_and(|at| (from..=to).contains(&at))
        })
}
