//! Lists of orders and charges.

use serde_json::Value;

use crate::conekta::error::{Refusal, reply};
use crate::conekta::orders::page;
use crate::conekta::store::Order;
use crate::conekta::{State, view};
use crate::core::http::{Call, Reply, Request};

const HOST: &str = "https://api.conekta.io";

/// `GET /orders`: newest first, with filters and cursors.
pub(crate) fn orders(
    state: &mut State<'_>,
    call: &Call,
    request: &Request,
) -> Result<Reply, Refusal> {
    let limit = limit(request)?;
    let window = Window::read(request)?;
    let status = request.query("payment_status");
    let wanted = request.query("search").map(str::to_lowercase);
    let metadata = state.core.settings.search_metadata;
    let mut found = Vec::new();
    for order in state.store.orders.items_mut().iter_mut().rev() {
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
            found.push(&*order);
        }
    }
    let page = Page::cut("orders", &found, |order| &order.id, limit, request)?;
    Ok(page.reply(|order| view::order(order)))
}

/// `GET /charges`: newest first.
pub(crate) fn charges(state: &State<'_>, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let limit = limit(request)?;
    let wanted = request.query("search").map(str::to_lowercase);
    let mut found = Vec::new();
    for order in state
        .store
        .orders
        .items()
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
                found.push((order, charge));
            }
        }
    }
    let page = Page::cut("charges", &found, |(_, charge)| &charge.id, limit, request)?;
    Ok(page.reply(|(order, charge)| view::charge(order, charge)))
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

/// One page of what was found: only this much is rendered.
struct Page<'a, T> {
    shown: &'a [T],
    next: Option<String>,
    previous: Option<String>,
}

impl<'a, T> Page<'a, T> {
    fn cut(
        resource: &str,
        found: &'a [T],
        id: impl Fn(&T) -> &str,
        limit: usize,
        request: &Request,
    ) -> Result<Self, Refusal> {
        let position = |name: &str, wanted: &str| {
            let position = found.iter().position(|one| id(one) == wanted);
            position.ok_or_else(|| {
                let what = "The cursor is not known.".to_owned();
                Refusal::invalid(vec![(name.to_owned(), what)])
            })
        };
        let start = match (request.query("next"), request.query("previous")) {
            (Some(id), _) => position("next", id)? + 1,
            (None, Some(id)) => position("previous", id)?.saturating_sub(limit),
            (None, None) => 0,
        };
        let rest = found.get(start..).unwrap_or_default();
        let shown = rest.get(..limit).unwrap_or(rest);
        let link =
            |name: &str, one: &T| format!("{HOST}/{resource}?limit={limit}&{name}={}", id(one));
        let more = rest.len() > shown.len();
        Ok(Self {
            shown,
            next: shown.last().filter(|_| more).map(|one| link("next", one)),
            previous: shown
                .first()
                .filter(|_| start > 0)
                .map(|one| link("previous", one)),
        })
    }

    fn reply(&self, render: impl Fn(&T) -> Value) -> Reply {
        let data: Vec<Value> = self.shown.iter().map(render).collect();
        reply(
            200,
            page(&data, self.next.as_deref(), self.previous.as_deref()),
        )
    }
}
