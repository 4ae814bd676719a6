//! Lists of orders and charges.

use serde_json::Value;

use crate::call::Call;
use crate::conekta::error::{Refusal, reply};
use crate::conekta::orders::page;
use crate::conekta::store::Order;
use crate::conekta::view;
use crate::state::State;
use crate::wire::{Reply, Request};

const HOST: &str = "https://api.conekta.io";

/// `GET /orders`: newest first, with filters and cursors.
pub(crate) fn orders(state: &mut State, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let limit = limit(request)?;
    let window = Window::read(request)?;
    let status = request.query("payment_status");
    let wanted = request.query("search").map(str::to_lowercase);
    let metadata = state.settings.search_metadata;
    let mut found = Vec::new();
    for order in state.conekta.orders.iter_mut().rev() {
        if order.account != call.account {
            continue;
        }
        if order.hidden > 0 {
            order.hidden -= 1;
            continue;
        }
        let fits = window.holds(order)
            && status.is_none_or(|status| order.status_word() == Some(status))
            && wanted
                .as_ref()
                .is_none_or(|text| mentions(order, text, metadata));
        if fits {
            found.push((order.id.clone(), view::order(order)));
        }
    }
    cut("orders", found, limit, request)
}

/// `GET /charges`: newest first.
pub(crate) fn charges(state: &State, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let limit = limit(request)?;
    let wanted = request.query("search").map(str::to_lowercase);
    let mut found = Vec::new();
    for order in state
        .conekta
        .orders
        .iter()
        .rev()
        .filter(|o| o.account == call.account)
    {
        for charge in order.charges.iter().rev() {
            let fits = wanted.as_ref().is_none_or(|text| {
                [
                    Some(&charge.id),
                    charge.reference_id.as_ref(),
                    Some(&order.id),
                ]
                .into_iter()
                .flatten()
                .any(|value| value.to_lowercase().contains(text))
            });
            if fits {
                found.push((charge.id.clone(), view::charge(order, charge)));
            }
        }
    }
    cut("charges", found, limit, request)
}

fn limit(request: &Request) -> Result<usize, Refusal> {
    match request.query("limit") {
        None => Ok(20),
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=250).contains(n))
            .ok_or_else(|| Refusal::invalid(vec![("limit".to_owned(), "1 to 250.".to_owned())])),
    }
}

/// Bounds on when an order was made and changed, Unix seconds, both ends included.
struct Window([(i64, i64); 2]);

impl Window {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let bound = |name: &str, default: i64| match request.query(name) {
            None => Ok(default),
            Some(text) => text.parse::<i64>().ok().ok_or_else(|| {
                Refusal::invalid(vec![(name.to_owned(), "Unix seconds.".to_owned())])
            }),
        };
        let exact = bound("created_at", -1)?;
        let created = if exact >= 0 {
            (exact, exact)
        } else {
            (
                bound("created_at.gte", i64::MIN)?,
                bound("created_at.lte", i64::MAX)?,
            )
        };
        let updated = (
            bound("updated_at.gte", i64::MIN)?,
            bound("updated_at.lte", i64::MAX)?,
        );
        Ok(Self([created, updated]))
    }

    fn holds(&self, order: &Order) -> bool {
        let [created, updated] = self.0;
        (created.0..=created.1).contains(&order.created_at)
            && (updated.0..=updated.1).contains(&order.updated_at)
    }
}

fn mentions(order: &Order, text: &str, metadata: bool) -> bool {
    let hit = |value: &str| value.to_lowercase().contains(text);
    let customer = &order.customer;
    hit(&order.id)
        || [&customer.name, &customer.email, &customer.phone]
            .into_iter()
            .flatten()
            .any(|v| hit(v))
        || order
            .charges
            .iter()
            .any(|charge| hit(&charge.id) || charge.reference_id.as_deref().is_some_and(hit))
        || (metadata
            && order.metadata.values().any(|value| match value {
                Value::String(text) => hit(text),
                other => hit(&other.to_string()),
            }))
}

fn cut(
    resource: &str,
    found: Vec<(String, Value)>,
    limit: usize,
    request: &Request,
) -> Result<Reply, Refusal> {
    let position = |id: &str| found.iter().position(|(known, _)| known == id);
    let unknown = |name: &str| {
        Refusal::invalid(vec![(
            name.to_owned(),
            "The cursor is not known.".to_owned(),
        )])
    };
    let start = match (request.query("next"), request.query("previous")) {
        (Some(id), _) => position(id).ok_or_else(|| unknown("next"))? + 1,
        (None, Some(id)) => position(id)
            .ok_or_else(|| unknown("previous"))?
            .saturating_sub(limit),
        (None, None) => 0,
    };
    let total = found.len();
    let shown: Vec<(String, Value)> = found.into_iter().skip(start).take(limit).collect();
    let link = |name: &str, id: &str| format!("{HOST}/{resource}?limit={limit}&{name}={id}");
    let next = shown
        .last()
        .filter(|_| start + shown.len() < total)
        .map(|(id, _)| link("next", id));
    let previous = shown
        .first()
        .filter(|_| start > 0)
        .map(|(id, _)| link("previous", id));
    let data: Vec<Value> = shown.into_iter().map(|(_, value)| value).collect();
    Ok(reply(
        200,
        page(&data, next.as_deref(), previous.as_deref()),
    ))
}
