//! Webhook keys, webhook addresses and events.

use serde_json::{Value, json};

use crate::call::Call;
use crate::conekta::error::{Refusal, reply};
use crate::conekta::orders::page;
use crate::conekta::store::{Webhook, WebhookKey};
use crate::gateway::Gateway;
use crate::state::State;
use crate::webhooks::keys;
use crate::wire::Reply;

/// `POST /webhook_keys`: the public key is shown in this answer only.
pub(crate) fn create_key(state: &mut State, call: &Call, body: &Value) -> Result<Reply, Refusal> {
    let active = match body.get("active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        Some(_) => {
            let what = "The parameter must be a boolean.".to_owned();
            return Err(Refusal::invalid(vec![("active".to_owned(), what)]));
        }
    };
    // The next pair, whoever asks: two merchants do not share one until all are given out.
    let given = state.conekta.webhook_keys.len();
    let key = WebhookKey {
        id: state.ids.hex24(),
        account: call.account.clone(),
        live: call.live,
        active,
        created_at: call.now_ms / 1_000,
        pair: given % keys::COUNT,
    };
    let mut answer = shown(&key);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("public_key".to_owned(), json!(keys::public_pem(key.pair)));
    }
    state.conekta.webhook_keys.push(key);
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
pub(crate) fn list_keys(state: &State, call: &Call) -> Reply {
    let own = state
        .conekta
        .webhook_keys
        .iter()
        .filter(|key| key.account == call.account);
    reply(200, page(&own.map(shown).collect::<Vec<_>>(), None, None))
}

/// `GET /webhook_keys/{id}`.
pub(crate) fn read_key(state: &State, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let mut keys = state.conekta.webhook_keys.iter();
    let key = keys.find(|key| key.id == id && key.account == call.account);
    key.map(|key| reply(200, shown(key)))
        .ok_or_else(Refusal::not_found)
}

/// `POST /webhooks`: like the vendor, refuses addresses on the own machine (the control side
/// sets those).
pub(crate) fn create_webhook(
    state: &mut State,
    call: &Call,
    body: &Value,
) -> Result<Reply, Refusal> {
    let address = body.get("url").and_then(Value::as_str).and_then(|text| {
        let url = url::Url::parse(text).ok()?;
        let local = text.contains("localhost") || text.contains("127.0.0.1");
        (matches!(url.scheme(), "http" | "https") && !local).then(|| text.to_owned())
    });
    let Some(address) = address else {
        let what = "A public http or https address is required.".to_owned();
        return Err(Refusal::invalid(vec![("url".to_owned(), what)]));
    };
    let webhook = Webhook {
        account: call.account.clone(),
        body: json!({
            "id": state.ids.hex24(),
            "object": "webhook",
            "url": address,
            "description": null,
            "status": "listening",
            "active": true,
            "livemode": call.live,
            "subscribed_events": body.get("subscribed_events").cloned().unwrap_or(json!([])),
        }),
    };
    let answer = webhook.body.clone();
    state.conekta.webhooks.push(webhook);
    Ok(reply(200, answer))
}

/// `GET /webhooks`.
pub(crate) fn list_webhooks(state: &State, call: &Call) -> Reply {
    let own = state
        .conekta
        .webhooks
        .iter()
        .filter(|webhook| webhook.account == call.account);
    reply(
        200,
        page(
            &own.map(|webhook| webhook.body.clone()).collect::<Vec<_>>(),
            None,
            None,
        ),
    )
}

/// `GET /events`: newest first.
pub(crate) fn list_events(state: &State, call: &Call, limit: usize) -> Reply {
    let own = own_events(state, call);
    let data: Vec<Value> = own.rev().take(limit).cloned().collect();
    reply(200, page(&data, None, None))
}

/// `GET /events/{id}`.
pub(crate) fn read_event(state: &State, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let wanted = json!(id);
    let mut own = own_events(state, call);
    let event = own.find(|body| body.get("id") == Some(&wanted));
    event
        .map(|body| reply(200, body.clone()))
        .ok_or_else(Refusal::not_found)
}

fn own_events<'a>(
    state: &'a State,
    call: &'a Call,
) -> impl DoubleEndedIterator<Item = &'a Value> + 'a {
    let notices = state.notices.all().iter();
    notices
        .filter(|one| one.gateway == Gateway::Conekta && one.account == call.account)
        .map(|one| &one.body)
}
