//! Webhook deliveries: signed, wrongly signed, doubled, out of order.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::core::events::{Delivery, IdCase, SendOrder, Signing, TsUnit};
use crate::core::gateway::Gateway;
use crate::core::signatures::{self, hmac_hex, manifest};
use crate::server::hub::{Hub, State};

/// A request that is ready to go out.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// The event's number, if it is a recorded one.
    pub(crate) seq: Option<u64>,
    pub(crate) event_id: String,
    pub(crate) event: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

struct Content {
    seq: Option<u64>,
    gateway: Gateway,
    account: String,
    event_id: String,
    event: String,
    body: Value,
    own_url: Option<String>,
}

/// Picks the events that an order asks for and makes their requests.
///
/// # Errors
/// No address is known for an event, or a body was given without a service.
pub(crate) fn outgoing(state: &mut State, order: &SendOrder) -> Result<Vec<Outgoing>, String> {
    let mut contents = pick(state, order)?;
    if order.reversed {
        contents.reverse();
    }
    let mut requests = Vec::new();
    for content in contents {
        for _ in 0..order.copies.max(1) {
            requests.push(match content.gateway {
                Gateway::MercadoPago => mercado_pago(state, order, &content)?,
                _ => conekta(state, order, &content)?,
            });
        }
    }
    Ok(requests)
}

fn pick(state: &State, order: &SendOrder) -> Result<Vec<Content>, String> {
    if let Some(body) = &order.body {
        let gateway = order.gateway.ok_or("a body needs a gateway")?;
        let text = |name: &str| match body.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        return Ok(vec![Content {
            seq: None,
            gateway,
            account: String::new(),
            event_id: text("id"),
            event: text("type"),
            body: body.clone(),
            own_url: None,
        }]);
    }
    let asked = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|w| w == value);
    Ok(state
        .core
        .events
        .all()
        .iter()
        .filter(|one| order.gateway.is_none_or(|gateway| gateway == one.gateway))
        .filter(|one| asked(&order.event_id, &one.id) && asked(&order.subject, &one.subject))
        .filter(|one| asked(&order.event, &one.event) && (order.again || one.sent == 0))
        .map(|one| Content {
            seq: Some(one.seq),
            gateway: one.gateway,
            account: one.account.clone(),
            event_id: one.id.clone(),
            event: one.event.clone(),
            body: one.body.clone(),
            own_url: one.notification_url.clone(),
        })
        .collect())
}

fn conekta(state: &State, order: &SendOrder, content: &Content) -> Result<Outgoing, String> {
    let url = order
        .url
        .clone()
        .or_else(|| state.targets.url(Gateway::Conekta, &content.account));
    let url = url.ok_or("Conekta has no address")?;
    let body = content.body.to_string().into_bytes();
    let pair = state
        .conekta
        .webhook_keys
        .iter()
        .rev()
        .find(|key| key.active && key.account == content.account)
        .map_or(0, |key| key.pair);
    let digest = match order.signing {
        Signing::Right => signatures::digest(pair, &body),
        Signing::Wrong => signatures::foreign_key_digest(&body),
        Signing::Foreign => signatures::digest(pair, b"{\"id\":\"somebody else's event\"}"),
        Signing::Malformed => Some("not*base64".to_owned()),
        Signing::Missing => None,
    };
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(digest.map(|digest| ("digest", digest)));
    Ok(Outgoing {
        seq: content.seq,
        event_id: content.event_id.clone(),
        event: content.event.clone(),
        url,
        headers,
        body,
    })
}

fn mercado_pago(
    state: &mut State,
    order: &SendOrder,
    content: &Content,
) -> Result<Outgoing, String> {
    let target = state.targets.url(Gateway::MercadoPago, &content.account);
    // The address in the payment wins over the one in the panel.
    let base = order
        .url
        .clone()
        .or_else(|| content.own_url.clone())
        .or(target);
    let base = base.ok_or("Mercado Pago has no address")?;
    let mut url = url::Url::parse(&base).map_err(|error| format!("{base}: {error}"))?;
    let data_id = order.data_id.clone().or_else(|| {
        let id = content.body.get("data")?.get("id")?;
        Some(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
    });
    if let Some(id) = &data_id {
        url.query_pairs_mut().append_pair("data.id", id);
    }
    if let Some(kind) = content.body.get("type").and_then(Value::as_str) {
        url.query_pairs_mut().append_pair("type", kind);
    }
    let now_ms = state.core.clock.now_ms();
    let ts = match order.ts_unit {
        TsUnit::Milliseconds => now_ms.to_string(),
        TsUnit::Seconds => (now_ms / 1_000).to_string(),
    };
    let request_id = (!order.without_request_id).then(|| state.core.ids.uuid());
    let secret = order.secret.clone();
    let secret = secret.or_else(|| state.targets.secret(Gateway::MercadoPago, &content.account));
    let signed_id = data_id.map(|id| match order.id_case {
        IdCase::AsIs => id,
        IdCase::Lower => id.to_lowercase(),
    });
    let signature = |id: Option<&str>, secret: &str| {
        let text = manifest(id, request_id.as_deref(), &ts);
        format!("ts={ts},v1={}", hmac_hex(secret, &text))
    };
    // Without a secret the service does not sign, and a wrong signature needs none.
    let signature = match (order.signing, secret) {
        (Signing::Missing, _) | (Signing::Right | Signing::Foreign, None) => None,
        (Signing::Right, Some(secret)) => Some(signature(signed_id.as_deref(), secret.expose())),
        (Signing::Foreign, Some(secret)) => Some(signature(Some("1"), secret.expose())),
        (Signing::Wrong, _) => Some(signature(signed_id.as_deref(), "not-the-merchants-secret")),
        (Signing::Malformed, _) => Some("ts=,v1".to_owned()),
    };
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(request_id.map(|id| ("x-request-id", id)));
    headers.extend(signature.map(|value| ("x-signature", value)));
    Ok(Outgoing {
        seq: content.seq,
        event_id: content.event_id.clone(),
        event: content.event.clone(),
        url: url.into(),
        headers,
        body: content.body.to_string().into_bytes(),
    })
}

/// The services wait 22 seconds at most.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(22);
const MAX_ANSWER: usize = 65_536;

/// Sends what the order asks for, in order, each after the answer to the one before.
///
/// # Errors
/// An event has no address to go to; nothing was sent then.
pub(crate) async fn send(hub: &Hub, order: &SendOrder) -> Result<Vec<Delivery>, String> {
    let requests = outgoing(&mut hub.state(), order)?;
    let mut deliveries = Vec::new();
    for request in requests {
        let result = tokio::time::timeout(DELIVERY_TIMEOUT, post(&request)).await;
        let (status, error) = match result {
            Ok(Ok(status)) => (Some(status), None),
            Ok(Err(error)) => (None, Some(error)),
            Err(_) => (None, Some("no answer in time".to_owned())),
        };
        if let Some(seq) = request.seq {
            hub.state().core.events.mark_sent(seq);
        }
        deliveries.push(Delivery {
            event_id: request.event_id,
            event: request.event,
            url: request.url,
            status,
            error,
        });
        hub.changed();
    }
    Ok(deliveries)
}

async fn post(request: &Outgoing) -> Result<u16, String> {
    let url = url::Url::parse(&request.url).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err("only http addresses are served".to_owned());
    }
    let host = url.host_str().ok_or("the address has no host")?;
    let port = url
        .port_or_known_default()
        .ok_or("the address has no port")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let socket = TcpStream::connect((bare, port))
        .await
        .map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(socket))
        .await
        .map_err(|error| error.to_string())?;
    let path = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    let mut head = hyper::Request::post(path)
        .header(HOST, format!("{host}:{port}"))
        .header(USER_AGENT, "gateway-sim");
    for (name, value) in &request.headers {
        head = head.header(*name, value);
    }
    let full = head
        .body(Full::new(Bytes::from(request.body.clone())))
        .map_err(|error| error.to_string())?;
    let exchange = async {
        let answer = sender
            .send_request(full)
            .await
            .map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        // Read to the end, so that the other side can finish; what it says does not matter.
        let _: Result<_, _> = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok(status)
    };
    tokio::pin!(connection, exchange);
    tokio::select! {
        result = &mut exchange => result,
        ended = &mut connection => match ended {
            // The connection may end right after the answer arrived.
            Ok(()) => exchange.await,
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Sends each new event once, in order, while `auto_notify` is on and an address is known.
pub(crate) async fn send_automatically(hub: Arc<Hub>) {
    let mut changes = hub.watch();
    let mut done = 0;
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => return,
            woken = changes.changed() => if woken.is_err() { return },
        }
        while let Some((seq, event_id)) = next(&hub, &mut done) {
            done = seq;
            let order = SendOrder {
                event_id: Some(event_id),
                ..SendOrder::default()
            };
            tokio::select! {
                () = hub.stop.cancelled() => return,
                // Without an address it stays unsent.
                _ = send(&hub, &order) => {}
            }
        }
    }
}

fn next(hub: &Hub, done: &mut u64) -> Option<(u64, String)> {
    let state = hub.state();
    if !state.core.settings.auto_notify {
        return None;
    }
    let events = &state.core.events;
    // After a reset the numbers start anew.
    if events.all().last().is_none_or(|last| last.seq < *done) {
        *done = 0;
    }
    let next = events.unsent_after(*done)?;
    Some((next.seq, next.id.clone()))
}
