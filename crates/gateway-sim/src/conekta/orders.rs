//! Orders: create, read, charge, capture, cancel.

use serde_json::{Value, json};

use crate::conekta::charge::{self, charge_event, order_event, record_money};
use crate::conekta::error::{Refusal, reply};
use crate::conekta::request::{self, NewOrder};
use crate::conekta::store::{Charge, ChargeStatus, Order};
use crate::conekta::{State, view};
use crate::core::http::{Call, Reply};
use crate::core::ledger::EntryKind;

/// `POST /orders`.
pub(crate) fn create(state: &mut State<'_>, call: &Call, body: &Value) -> Result<Reply, Refusal> {
    let new = request::order(body)?;
    let mut order = build(state, call, &new);
    // A token that does not exist is refused before the order comes into being.
    let mut charged = Ok(());
    for one in new.charges {
        charged = charge::make_charge(state, call, &mut order, &one);
        if charged.is_err() {
            break;
        }
    }
    if let Err(refusal) = charged {
        // Once a charge was tried, the order is there, whatever became of the charge.
        if refusal.status == 402 || !order.charges.is_empty() {
            order_event(state, &order, "order.created", call.now_ms);
            state.store.orders.push(order);
        }
        return Err(refusal);
    }
    order_event(state, &order, "order.created", call.now_ms);
    let answer = view::order(&order);
    state.store.orders.push(order);
    Ok(reply(200, answer))
}

fn build(state: &mut State<'_>, call: &Call, new: &NewOrder) -> Order {
    let id = state.core.ids.tagged("ord_");
    let line_items = new.line_items.iter().map(|item| {
        let mut fields = item.clone();
        fields.insert("id".to_owned(), json!(state.core.ids.tagged("line_item_")));
        fields.insert("object".to_owned(), json!("line_item"));
        fields.insert("parent_id".to_owned(), json!(id));
        fields.entry("metadata").or_insert_with(|| json!({}));
        Value::Object(fields)
    });
    let line_items = line_items.collect();
    Order {
        line_items,
        id: id.clone(),
        account: call.account.clone(),
        live: call.live,
        currency: new.currency.clone(),
        amount: new.amount,
        customer: new.customer.clone(),
        metadata: new.metadata.clone(),
        charges: Vec::new(),
        pre_authorize: new.pre_authorize,
        processing_mode: new.processing_mode.clone(),
        return_url: new.return_url.clone(),
        canceled: false,
        created_at: call.now_ms / 1_000,
        updated_at: call.now_ms / 1_000,
        hidden: state.core.settings.search_delay,
    }
}

fn get(state: &State<'_>, call: &Call, id: &str) -> Result<Order, Refusal> {
    state
        .store
        .order(&call.account, id)
        .cloned()
        .ok_or_else(Refusal::not_found)
}

fn put(state: &mut State<'_>, order: Order) {
    if let Some(place) = state.store.order_mut(&order.account, &order.id) {
        *place = order;
    }
}

/// `GET /orders/{id}`.
pub(crate) fn read(state: &State<'_>, call: &Call, id: &str) -> Result<Reply, Refusal> {
    Ok(reply(200, view::order(&get(state, call, id)?)))
}

/// `POST /orders/{id}/charges`: one charge; the answer is the charge.
pub(crate) fn add_charge(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    body: &Value,
) -> Result<Reply, Refusal> {
    let mut order = get(state, call, id)?;
    let new = request::lone_charge(body)?;
    charge::check_chargeable(&order)?;
    let made = charge::make_charge(state, call, &mut order, &new);
    let answer = order
        .charges
        .last()
        .map(|last| view::lone_charge(&order, last));
    put(state, order);
    made?;
    Ok(reply(200, answer.unwrap_or(Value::Null)))
}

/// `POST /orders/{id}/add_charges`: several; the answer is the list of the order's charges.
pub(crate) fn add_charges(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    body: &Value,
) -> Result<Reply, Refusal> {
    let mut order = get(state, call, id)?;
    let new = request::several_charges(body)?;
    charge::check_chargeable(&order)?;
    let mut made = Ok(());
    for one in new {
        made = charge::make_charge(state, call, &mut order, &one);
        if made.is_err() {
            break;
        }
    }
    let data: Vec<Value> = order
        .charges
        .iter()
        .map(|one| view::charge(&order, one))
        .collect();
    put(state, order);
    made?;
    Ok(reply(200, page(&data, None, None)))
}

/// `POST /orders/{id}/capture` of a reserved amount.
pub(crate) fn capture(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    body: &Value,
) -> Result<Reply, Refusal> {
    let mut order = get(state, call, id)?;
    let Some(reserved) = order
        .charges
        .iter_mut()
        .find(|c| c.status == ChargeStatus::PreAuthorized)
    else {
        let code = "combo.order.cannot_be_captured";
        return Err(Refusal::precondition(
            code,
            "The order is not pre-authorized.",
        ));
    };
    let amount = match body.get("amount") {
        None | Some(Value::Null) => reserved.amount,
        Some(value) => match value.as_i64() {
            Some(amount) if (1..=reserved.amount).contains(&amount) => amount,
            _ => {
                let what = "An integer between 1 and the reserved amount.".to_owned();
                return Err(Refusal::invalid(vec![("amount".to_owned(), what)]));
            }
        },
    };
    reserved.status = ChargeStatus::Paid;
    reserved.amount = amount;
    reserved.paid_at = Some(call.now_ms / 1_000);
    let captured = reserved.clone();
    // What is not captured is given free: the order is what was captured.
    order.amount = order.taken();
    order.updated_at = call.now_ms / 1_000;
    record_money(
        state,
        &order,
        &captured,
        EntryKind::Charge,
        amount,
        call.now_ms,
    );
    charge_event(state, &order, &captured, "charge.paid", call.now_ms);
    order_event(state, &order, "order.paid", call.now_ms);
    let answer = view::order(&order);
    put(state, order);
    Ok(reply(200, answer))
}

/// `POST /orders/{id}/cancel`: pending and reserved orders, and such without any charge.
pub(crate) fn cancel(state: &mut State<'_>, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let mut order = get(state, call, id)?;
    if order.canceled || order.charges.iter().any(Charge::took_money) {
        let code = "combo.order.cannot_be_canceled";
        return Err(Refusal::precondition(
            code,
            "The order cannot be canceled in its state.",
        ));
    }
    order.canceled = true;
    order.updated_at = call.now_ms / 1_000;
    let mut given_up = Vec::new();
    for charge in order.charges.iter_mut().filter(|charge| charge.is_open()) {
        charge.status = ChargeStatus::Canceled;
        given_up.push(charge.clone());
    }
    for charge in &given_up {
        record_money(
            state,
            &order,
            charge,
            EntryKind::Cancel,
            charge.amount,
            call.now_ms,
        );
        charge_event(state, &order, charge, "charge.canceled", call.now_ms);
    }
    order_event(state, &order, "order.canceled", call.now_ms);
    let answer = view::order(&order);
    put(state, order);
    Ok(reply(200, answer))
}

/// A page of a list, with the vendor's own (production) addresses in its links: a caller must
/// take the cursor from them and keep its own base address.
pub(crate) fn page(data: &[Value], next: Option<&str>, previous: Option<&str>) -> Value {
    json!({
        "object": "list",
        "has_more": next.is_some(),
        "next_page_url": next,
        "previous_page_url": previous,
        "data": data,
    })
}
