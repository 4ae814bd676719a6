//! Webhook keys and events.

use serde_json::{Value, json};

use crate::conekta::State;
use crate::conekta::error::{Refusal, reply};
use crate::conekta::orders::page;
use crate::conekta::store::WebhookKey;
use crate::core::gateway::Gateway;
use crate::core::http::{Call, Reply};
use crate::core::signatures;

/// `POST /webhook_keys`: the public key is shown in this answer only.
pub(crate) fn create_key(
    state: &mut State<'_>,
    call: &Call,
    body: &Value,
) -> Result<Reply, Refusal> {
    let active = match body.get("active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        Some(_) => {
            let what = "The parameter must be a boolean.".to_owned();
            return Err(Refusal::invalid(vec![("active".to_owned(), what)]));
        }
    };
    // The next pair, whichever account asks: two merchants do not share one until all are given out.
    let given = state.store.webhook_keys.len();
    let key = WebhookKey {
        id: state.core.ids.hex24(),
        account: call.account.clone(),
        live: call.live,
        active,
        created_at: call.now_ms / 1_000,
        pair: given % signatures::COUNT,
    };
    let mut answer = shown(&key);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert(
            "public_key".to_owned(),
            json!(signatures::public_pem(key.pair)),
        );
    }
    state.store.webhook_keys.push(key);
    Ok(reply(200, answer))
}

fn shown(key: &WebhookKey) -> Value {
    json!({
        "id": key.id,
        "object": "webhook_key",
        "livemode": key.live,
        "active": key.active,
        "created_at": key.created_at,
        "deactivated_at": null,
        "public_key": null,
    })
}

/// `GET /webhook_keys`.
pub(crate) fn list_keys(state: &State<'_>, call: &Call) -> Reply {
    let own = state
        .store
        .webhook_keys
        .iter()
        .filter(|key| key.account == call.account);
    reply(200, page(&own.map(shown).collect::<Vec<_>>(), None, None))
}

/// `GET /events`: newest first.
pub(crate) fn list_events(state: &State<'_>, call: &Call, limit: usize) -> Reply {
    let own = own_events(state, call);
    let data: Vec<Value> = own.rev().take(limit).cloned().collect();
    reply(200, page(&data, None, None))
}

/// `GET /events/{id}`.
pub(crate) fn read_event(state: &State<'_>, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let wanted = json!(id);
    let mut own = own_events(state, call);
    let event = own.find(|body| body.get("id") == Some(&wanted));
    event
        .map(|body| reply(200, body.clone()))
        .ok_or_else(Refusal::not_found)
}

fn own_events<'a>(
    state: &'a State<'_>,
    call: &'a Call,
) -> impl DoubleEndedIterator<Item = &'a Value> + 'a {
    let events = state.core.events.all().iter();
    events
        .filter(|one| one.gateway == Gateway::Conekta && one.account == call.account)
        .map(|one| &one.body)
}
