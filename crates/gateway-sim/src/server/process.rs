//! From a received request to its reply: journal, faults, keys, idempotency, gateway.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::core::faults::{self, Facts, Fault};
use crate::core::gateway::{Endpoint, Gateway, mark};
use crate::core::http::{Call, Reply, Request, ResponseOverride};
use crate::mercado_pago::store::{self, Start};
use crate::server::hub::{Hub, State};
use crate::{conekta, mercado_pago, telegram};

/// What becomes of the connection.
#[derive(Debug)]
pub(crate) enum ConnectionOutcome {
    /// A whole answer.
    Answer(Reply),
    /// An answer with these bytes for a body.
    Raw(Reply, Vec<u8>),
    /// An answer whose body breaks off.
    Cut(Reply),
    /// The connection closes without an answer.
    Close,
    /// The connection stays open and nothing is sent.
    Silence,
}

/// An authenticated request.
struct Caller {
    key: String,
    call: Call,
}

/// Processes one request. Runs in a task of its own, so that a caller who leaves stops nothing.
pub(crate) async fn process(
    hub: Arc<Hub>,
    gateway: Gateway,
    request: Request,
) -> ConnectionOutcome {
    let (seq, facts, fault) = {
        let mut state = hub.state();
        let now_ms = state.core.clock.now_ms();
        let facts = facts(gateway, &request);
        let account = facts.account.clone();
        let seq = state
            .core
            .journal
            .record(now_ms, gateway, facts.endpoint, account, &request);
        let fault = state.core.faults.take(&facts);
        if let Some(fault) = &fault {
            let shown = serde_json::to_value(fault).unwrap_or(Value::Null);
            state.core.journal.note_fault(seq, shown);
        }
        (seq, facts, fault)
    };
    hub.changed();
    let outcome = run(&hub, &facts, &request, fault).await;
    if let ConnectionOutcome::Answer(reply)
    | ConnectionOutcome::Raw(reply, _)
    | ConnectionOutcome::Cut(reply) = &outcome
    {
        hub.state().core.journal.note_status(seq, reply.status);
    }
    hub.changed();
    outcome
}

async fn run(
    hub: &Hub,
    facts: &Facts,
    request: &Request,
    fault: Option<Fault>,
) -> ConnectionOutcome {
    match &fault {
        Some(Fault::CloseBefore) => return ConnectionOutcome::Close,
        Some(Fault::Hang { after: false }) => return ConnectionOutcome::Silence,
        Some(Fault::Status {
            status,
            after: false,
            retry_after,
        }) => {
            return ConnectionOutcome::Answer(refusal(hub, facts.gateway, *status, *retry_after));
        }
        _ => {}
    }
    let begun = begin(hub, facts, request, fault.as_ref());
    let (caller, slot) = match begun {
        Ok(begun) => begun,
        Err(reply) => return finish_response(hub, facts, reply, fault).await,
    };
    match &fault {
        Some(Fault::Delay { ms, after: false }) => wait(*ms).await,
        Some(Fault::Hold { after: false }) => {
            hub.hold(facts.gateway, facts.endpoint, false).await;
        }
        _ => {}
    }
    let reply = {
        let mut state = hub.state();
        let reply = perform(&mut state, facts.gateway, &caller, request);
        if let Some(key) = &slot {
            store::finish(&mut state.mercado_pago(), &caller.call.account, key, &reply);
        }
        reply
    };
    hub.changed();
    finish_response(hub, facts, reply, fault).await
}

/// Checks the key and claims the idempotency key. `Err` is the answer, already known.
fn begin(
    hub: &Hub,
    facts: &Facts,
    request: &Request,
    fault: Option<&Fault>,
) -> Result<(Caller, Option<String>), Reply> {
    let mut state = hub.state();
    let now_ms = state.core.clock.now_ms();
    let Some(mut caller) = authenticate(&state, facts, request, now_ms) else {
        // Telegram does not even look for a bot whose token has not the shape of one.
        let malformed = facts.gateway == Gateway::Telegram && telegram::key(request).is_none();
        let status = if malformed { 404 } else { 401 };
        return Err(status_reply(&mut state, facts.gateway, status, None));
    };
    caller.call.response_override = match fault {
        Some(Fault::StayPending) => ResponseOverride {
            stay_pending: true,
            decline: None,
        },
        Some(Fault::Decline { code }) => ResponseOverride {
            stay_pending: false,
            decline: Some(code.clone()),
        },
        _ => ResponseOverride::default(),
    };
    if facts.gateway != Gateway::MercadoPago {
        return Ok((caller, None));
    }
    match store::begin(&mut state.mercado_pago(), &caller.call, request) {
        Ok(Start::Run(slot)) => Ok((caller, slot)),
        Ok(Start::Replay(reply)) => Err(reply),
        Err(refusal) => Err(refusal.reply()),
    }
}

fn authenticate(state: &State, facts: &Facts, request: &Request, now_ms: i64) -> Option<Caller> {
    let gateway = facts.gateway;
    let key = match gateway {
        Gateway::Conekta => conekta::key(request),
        Gateway::MercadoPago if facts.endpoint == Endpoint::CreateCardToken => {
            mercado_pago::key(request).or_else(|| request.query("public_key").map(str::to_owned))
        }
        Gateway::MercadoPago => mercado_pago::key(request),
        Gateway::Telegram => telegram::key(request),
    }?;
    let account = state.core.accounts.open(gateway, &key)?;
    let (live, collector) = match gateway {
        Gateway::Conekta => (conekta::is_live(&key), 0),
        Gateway::MercadoPago => (mercado_pago::is_live(&key), mercado_pago::collector(&key)),
        Gateway::Telegram => (true, 0),
    };
    let response_override = ResponseOverride::default();
    let call = Call {
        endpoint: facts.endpoint,
        account,
        live,
        collector,
        now_ms,
        response_override,
    };
    Some(Caller { key, call })
}

fn perform(state: &mut State, gateway: Gateway, caller: &Caller, request: &Request) -> Reply {
    // Time goes on while a request is held.
    let mut call = caller.call.clone();
    call.now_ms = state.core.clock.now_ms();
    match gateway {
        Gateway::Conekta => conekta::handle(&mut state.conekta(), &call, request),
        Gateway::MercadoPago => mercado_pago::handle(&mut state.mercado_pago(), &call, request),
        Gateway::Telegram => telegram::handle(&mut state.telegram, &call, request, &caller.key),
    }
}

/// An error in the words of the service.
fn refusal(hub: &Hub, gateway: Gateway, status: u16, retry_after: Option<u32>) -> Reply {
    status_reply(&mut hub.state(), gateway, status, retry_after)
}

fn status_reply(
    state: &mut State,
    gateway: Gateway,
    status: u16,
    retry_after: Option<u32>,
) -> Reply {
    use conekta::error::Refusal;
    let reply = match gateway {
        Gateway::Conekta => {
            let mut reply = match status {
                401 => Refusal::unauthenticated(),
                403 => Refusal::forbidden(),
                404 => Refusal::not_found(),
                409 => Refusal::wrong_version(),
                429 => Refusal::too_many(),
                _ => Refusal::system(status),
            }
            .reply(&mut state.core.ids);
            reply.status = status;
            reply
        }
        Gateway::MercadoPago => mercado_pago::error::Refusal::of_status(status).reply(),
        Gateway::Telegram => telegram::error_of_status(status, retry_after),
    };
    match retry_after {
        Some(seconds) => reply.with_header("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// Applies the fault to a reply that is ready.
async fn finish_response(
    hub: &Hub,
    facts: &Facts,
    reply: Reply,
    fault: Option<Fault>,
) -> ConnectionOutcome {
    let Some(fault) = fault else {
        return ConnectionOutcome::Answer(reply);
    };
    match fault {
        Fault::CloseAfter => ConnectionOutcome::Close,
        Fault::Hang { after: true } => ConnectionOutcome::Silence,
        Fault::Status {
            status,
            after: true,
            retry_after,
        } => ConnectionOutcome::Answer(refusal(hub, facts.gateway, status, retry_after)),
        Fault::Delay { ms, after: true } => {
            wait(ms).await;
            ConnectionOutcome::Answer(reply)
        }
        Fault::Hold { after: true } => {
            hub.hold(facts.gateway, facts.endpoint, true).await;
            ConnectionOutcome::Answer(reply)
        }
        Fault::Garbage => {
            let page = b"<html><body><h1>502 Bad Gateway</h1></body></html>".to_vec();
            ConnectionOutcome::Raw(reply.with_header("content-type", "text/html"), page)
        }
        Fault::EmptyBody => ConnectionOutcome::Raw(reply, Vec::new()),
        Fault::Truncated => {
            let mut text = reply.body.to_string().into_bytes();
            text.truncate(text.len() / 2);
            ConnectionOutcome::Raw(reply, text)
        }
        Fault::CutBody => ConnectionOutcome::Cut(reply),
        other => ConnectionOutcome::Answer(faults::tamper(reply, &other)),
    }
}

async fn wait(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Reads the facts.
pub(crate) fn facts(gateway: Gateway, request: &Request) -> Facts {
    let (endpoint, key) = match gateway {
        Gateway::Conekta => (conekta::endpoint(request), conekta::key(request)),
        Gateway::MercadoPago => (mercado_pago::endpoint(request), mercado_pago::key(request)),
        Gateway::Telegram => (telegram::endpoint(request), telegram::key(request)),
    };
    let mut facts = Facts {
        gateway,
        endpoint,
        account: key.as_deref().map(mark),
        tokens: Vec::new(),
        references: Vec::new(),
    };
    if gateway != Gateway::Telegram {
        facts
            .references
            .extend(request.segments().into_iter().map(str::to_owned));
    }
    facts
        .references
        .extend(request.query.iter().map(|(_, value)| value.clone()));
    if let Some(body) = request.json() {
        collect(&body, false, &mut facts);
    }
    facts
}

fn collect(value: &Value, metadata: bool, facts: &mut Facts) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("token" | "token_id", Value::String(token)) => {
                        facts.tokens.push(token.clone());
                    }
                    ("reference_id" | "external_reference" | "chat_id", Value::String(text)) => {
                        facts.references.push(text.clone());
                    }
                    (_, Value::String(text)) if metadata => facts.references.push(text.clone()),
                    ("metadata", value) => collect(value, true, facts),
                    (_, value) => collect(value, metadata, facts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, metadata, facts)),
        _ => {}
    }
}
