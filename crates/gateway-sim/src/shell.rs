//! From a received request to its answer: journal, faults, keys, idempotency, gateway.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::call::{Call, Twist};
use crate::fault::Fault;
use crate::fault::book::Facts;
use crate::gateway::{Endpoint, Gateway};
use crate::hub::Hub;
use crate::mercado_pago::idempotency::{self, Start};
use crate::shell::facts::facts;
use crate::state::State;
use crate::tamper;
use crate::wire::{Reply, Request};
use crate::{conekta, mercado_pago, telegram};

mod facts;

/// What becomes of the connection.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A whole answer.
    Answer(Reply),
    /// An answer with these bytes for a body.
    Raw(Reply, Vec<u8>),
    /// An answer whose body breaks off.
    Cut(Reply),
    /// The connection closes without an answer.
    Close,
    /// Nothing, ever.
    Silence,
}

/// An authenticated request.
struct Caller {
    key: String,
    call: Call,
}

/// Works one request off. Runs in a task of its own, so that a caller who leaves stops nothing.
pub(crate) async fn process(hub: Arc<Hub>, gateway: Gateway, request: Request) -> Verdict {
    let (seq, facts, fault) = {
        let mut state = hub.state();
        let now_ms = state.clock.now_ms();
        let facts = facts(gateway, &request);
        let account = facts.account.clone();
        let seq = state
            .journal
            .record(now_ms, gateway, facts.endpoint, account, &request);
        let fault = state.faults.take(&facts);
        if let Some(fault) = &fault {
            let shown = serde_json::to_value(fault).unwrap_or(Value::Null);
            state.journal.note_fault(seq, shown);
        }
        (seq, facts, fault)
    };
    hub.changed();
    let verdict = run(&hub, &facts, &request, fault).await;
    if let Verdict::Answer(reply) | Verdict::Raw(reply, _) | Verdict::Cut(reply) = &verdict {
        hub.state().journal.note_status(seq, reply.status);
    }
    hub.changed();
    verdict
}

async fn run(hub: &Hub, facts: &Facts, request: &Request, fault: Option<Fault>) -> Verdict {
    match &fault {
        Some(Fault::CloseBefore) => return Verdict::Close,
        Some(Fault::Hang { after: false }) => return Verdict::Silence,
        Some(Fault::Status {
            status,
            after: false,
            retry_after,
        }) => {
            return Verdict::Answer(refusal(hub, facts.gateway, *status, *retry_after));
        }
        _ => {}
    }
    let begun = begin(hub, facts, request, fault.as_ref());
    let (caller, slot) = match begun {
        Ok(begun) => begun,
        Err(reply) => return aftermath(hub, facts, reply, fault).await,
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
            idempotency::finish(&mut state, &caller.call.account, key, &reply);
        }
        reply
    };
    hub.changed();
    aftermath(hub, facts, reply, fault).await
}

/// Checks the key and claims the idempotency key. `Err` is the answer, already known.
fn begin(
    hub: &Hub,
    facts: &Facts,
    request: &Request,
    fault: Option<&Fault>,
) -> Result<(Caller, Option<String>), Reply> {
    let mut state = hub.state();
    let now_ms = state.clock.now_ms();
    let Some(mut caller) = authenticate(&state, facts, request, now_ms) else {
        // Telegram does not even look for a bot whose token has not the shape of one.
        let malformed = facts.gateway == Gateway::Telegram && telegram::key(request).is_none();
        let status = if malformed { 404 } else { 401 };
        return Err(status_reply(&mut state, facts.gateway, status, None));
    };
    caller.call.twist = match fault {
        Some(Fault::StayPending) => Twist {
            stay_pending: true,
            decline: None,
        },
        Some(Fault::Decline { code }) => Twist {
            stay_pending: false,
            decline: Some(code.clone()),
        },
        _ => Twist::default(),
    };
    if facts.gateway != Gateway::MercadoPago {
        return Ok((caller, None));
    }
    match idempotency::begin(&mut state, &caller.call, request) {
        Ok(Start::Run(slot)) => Ok((caller, slot)),
        Ok(Start::Replay(reply)) => Err(reply),
        Err(refusal) => Err(refusal.reply()),
    }
}

fn authenticate(state: &State, facts: &Facts, request: &Request, now_ms: i64) -> Option<Caller> {
    let gateway = facts.gateway;
    let key = match gateway {
        Gateway::Conekta => conekta::auth::key(request),
        Gateway::MercadoPago if facts.endpoint == Endpoint::CreateCardToken => {
            mercado_pago::auth::key(request)
                .or_else(|| request.query("public_key").map(str::to_owned))
        }
        Gateway::MercadoPago => mercado_pago::auth::key(request),
        Gateway::Telegram => telegram::key(request),
    }?;
    let account = state.accounts.open(gateway, &key)?;
    let (live, collector) = match gateway {
        Gateway::Conekta => (conekta::auth::is_live(&key), 0),
        Gateway::MercadoPago => (
            mercado_pago::auth::is_live(&key),
            mercado_pago::auth::collector(&key),
        ),
        Gateway::Telegram => (true, 0),
    };
    let twist = Twist::default();
    let call = Call {
        endpoint: facts.endpoint,
        account,
        live,
        collector,
        now_ms,
        twist,
    };
    Some(Caller { key, call })
}

fn perform(state: &mut State, gateway: Gateway, caller: &Caller, request: &Request) -> Reply {
    // Time goes on while a request is held.
    let mut call = caller.call.clone();
    call.now_ms = state.clock.now_ms();
    match gateway {
        Gateway::Conekta => conekta::handle(state, &call, request),
        Gateway::MercadoPago => mercado_pago::handle(state, &call, request),
        Gateway::Telegram => telegram::handle(state, &call, request, &caller.key),
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
            .reply(&mut state.ids);
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

/// What a fault does to an answer that is ready.
async fn aftermath(hub: &Hub, facts: &Facts, reply: Reply, fault: Option<Fault>) -> Verdict {
    let Some(fault) = fault else {
        return Verdict::Answer(reply);
    };
    match fault {
        Fault::CloseAfter => Verdict::Close,
        Fault::Hang { after: true } => Verdict::Silence,
        Fault::Status {
            status,
            after: true,
            retry_after,
        } => Verdict::Answer(refusal(hub, facts.gateway, status, retry_after)),
        Fault::Delay { ms, after: true } => {
            wait(ms).await;
            Verdict::Answer(reply)
        }
        Fault::Hold { after: true } => {
            hub.hold(facts.gateway, facts.endpoint, true).await;
            Verdict::Answer(reply)
        }
        Fault::Garbage => {
            let page = b"<html><body><h1>502 Bad Gateway</h1></body></html>".to_vec();
            Verdict::Raw(reply.with_header("content-type", "text/html"), page)
        }
        Fault::EmptyBody => Verdict::Raw(reply, Vec::new()),
        Fault::Truncated => {
            let mut text = reply.body.to_string().into_bytes();
            text.truncate(text.len() / 2);
            Verdict::Raw(reply, text)
        }
        Fault::CutBody => Verdict::Cut(reply),
        other => Verdict::Answer(tamper::tamper(reply, &other)),
    }
}

async fn wait(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
