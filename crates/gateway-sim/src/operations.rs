//! What the control side can do, for the port and the library alike.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::hub::Hub;
use crate::payment_view::PaymentView;
use crate::{conekta, mercado_pago};

/// What somebody outside decides about a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// A pending (or expired) payment is paid after all; a reserved one is captured.
    Approve,
    /// A pending payment is refused.
    Reject {
        /// Conekta's code after `conekta.errors.`, or Mercado Pago's `status_detail`.
        code: Option<String>,
    },
    /// A pending payment runs out of time.
    Expire,
    /// The bank takes the money of a paid one back.
    Chargeback,
    /// The merchant gives money back in the panel.
    Refund {
        /// Minor units; all that is left when absent.
        amount_cents: Option<i64>,
    },
}

/// Why a decision could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettleError {
    /// There is no such payment.
    #[error("there is no payment {0}")]
    NotFound(String),
    /// Its state does not allow it.
    #[error("not possible for a payment that is {0}")]
    WrongState(String),
}

/// Decides about a payment, found by its id, its order's id or its reference.
pub(crate) fn settle(hub: &Hub, id: &str, decision: &Decision) -> Result<PaymentView, SettleError> {
    let outcome = {
        let mut state = hub.state();
        let state = &mut *state;
        let now_ms = state.clock.now_ms();
        let in_conekta = conekta::settle::view(state, id).is_some();
        let done = match (in_conekta, decision) {
            (true, Decision::Approve) => conekta::settle::approve(state, id, now_ms),
            (true, Decision::Reject { code }) => {
                conekta::settle::reject(state, id, code.as_deref(), now_ms)
            }
            (true, Decision::Expire) => conekta::settle::expire(state, id, now_ms),
            (true, Decision::Chargeback) => conekta::settle::chargeback(state, id, now_ms),
            (true, Decision::Refund { amount_cents }) => {
                conekta::settle::refund(state, id, *amount_cents, now_ms)
            }
            (false, Decision::Approve) => mercado_pago::settle::approve(state, id, now_ms),
            (false, Decision::Reject { code }) => {
                mercado_pago::settle::reject(state, id, code.as_deref(), now_ms)
            }
            (false, Decision::Expire) => mercado_pago::settle::expire(state, id, now_ms),
            (false, Decision::Chargeback) => mercado_pago::settle::chargeback(state, id, now_ms),
            (false, Decision::Refund { amount_cents }) => {
                mercado_pago::settle::refund(state, id, *amount_cents, now_ms)
            }
        };
        match done {
            None => Err(SettleError::NotFound(id.to_owned())),
            Some(Err(word)) => Err(SettleError::WrongState(word)),
            Some(Ok(())) => payment_in(state, id),
        }
    };
    hub.changed();
    outcome
}

/// One payment, found like above.
pub(crate) fn payment(hub: &Hub, id: &str) -> Result<PaymentView, SettleError> {
    payment_in(&hub.state(), id)
}

fn payment_in(state: &crate::state::State, id: &str) -> Result<PaymentView, SettleError> {
    conekta::settle::view(state, id)
        .or_else(|| mercado_pago::settle::view(state, id))
        .ok_or_else(|| SettleError::NotFound(id.to_owned()))
}

/// All payments, Conekta's first, each oldest first.
pub(crate) fn payments(hub: &Hub) -> Vec<PaymentView> {
    let state = hub.state();
    let mut all = conekta::settle::views(&state);
    all.extend(mercado_pago::settle::views(&state));
    all
}

/// Makes everything visible to searches that `search_delay` still hides.
pub(crate) fn reveal(hub: &Hub) {
    let mut state = hub.state();
    for order in &mut state.conekta.orders {
        order.hidden = 0;
    }
    for payment in &mut state.mercado_pago.payments {
        payment.hidden = 0;
    }
}
