//! `X-Idempotency-Key`: one payment per key, and the same answer each time.

use serde_json::Value;

use crate::call::Call;
use crate::gateway::Endpoint;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::store::Slot;
use crate::state::State;
use crate::wire::{Reply, Request};

/// How a request goes on.
#[derive(Debug)]
pub(crate) enum Start {
    /// It runs; its answer is to be kept under the key, if it has one.
    Run(Option<String>),
    /// It ran before; this was the answer.
    Replay(Reply),
}

/// Looks the key up and claims it. Mandatory on payments and refunds, honoured on changes.
pub(crate) fn begin(state: &mut State, call: &Call, request: &Request) -> Result<Start, Refusal> {
    let mandatory = matches!(
        call.endpoint,
        Endpoint::CreatePayment | Endpoint::RefundPayment
    );
    if !mandatory && call.endpoint != Endpoint::UpdatePayment {
        return Ok(Start::Run(None));
    }
    let key = match request.header("x-idempotency-key") {
        None if mandatory => {
            return Err(Refusal::bad(4292, "Header X-Idempotency-Key can't be null"));
        }
        None => return Ok(Start::Run(None)),
        Some(key) if (1..=64).contains(&key.len()) => key.to_owned(),
        Some(_) => {
            return Err(Refusal::bad(
                4292,
                "Header X-Idempotency-Key must have 1 to 64 characters",
            ));
        }
    };
    let body = request.json().unwrap_or(Value::Null);
    let this = (format!("{} {}", request.method, request.path), body);
    let place = (call.account.clone(), key.clone());
    match state.mercado_pago.slots.get(&place) {
        None => {
            state.mercado_pago.slots.insert(
                place,
                Slot {
                    request: this,
                    reply: None,
                },
            );
            Ok(Start::Run(Some(key)))
        }
        Some(slot) if slot.request != this => Err(Refusal::conflict(
            "The idempotency key was used with another request",
        )),
        Some(Slot {
            reply: Some(reply), ..
        }) => Ok(Start::Replay(reply.clone())),
        Some(_) => Err(Refusal::of_status(409)),
    }
}

/// Keeps the answer of a request that ran. A refused request leaves the key free: it did
/// nothing.
pub(crate) fn finish(state: &mut State, account: &str, key: &str, reply: &Reply) {
    let place = (account.to_owned(), key.to_owned());
    if reply.is_success() {
        if let Some(slot) = state.mercado_pago.slots.get_mut(&place) {
            slot.reply = Some(reply.clone());
        }
    } else {
        state.mercado_pago.slots.remove(&place);
    }
}
