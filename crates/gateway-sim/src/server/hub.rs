//! What all connections share: the state behind one lock, held requests, the shutdown signal.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use thiserror::Error;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::conekta::store::ConektaStore;
use crate::core::Core;
use crate::core::events::{Targets, WebhookTargets};
use crate::core::gateway::{Endpoint, Gateway};
use crate::core::ledger::{Decision, PaymentView};
use crate::mercado_pago::store::MercadoPagoStore;
use crate::telegram::TelegramStore;
use crate::{conekta, mercado_pago};

/// A request that waits to be released.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRequest {
    /// Number by which it can be released.
    pub id: u64,
    /// At which service.
    pub gateway: Gateway,
    /// Which operation.
    pub endpoint: Endpoint,
    /// Whether its work is done already.
    pub after: bool,
}

struct Waiting {
    request: HeldRequest,
    go: oneshot::Sender<()>,
}

/// Shared by all connections, the control side and the library.
pub(crate) struct Hub {
    state: Mutex<State>,
    waiting: Mutex<(u64, BTreeMap<u64, Waiting>)>,
    changes: watch::Sender<u64>,
    pub(crate) stop: CancellationToken,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Hub {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            waiting: Mutex::new((0, BTreeMap::new())),
            changes: watch::Sender::new(0),
            stop: CancellationToken::new(),
        }
    }

    /// The state, locked. Never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for a change.
    pub(crate) fn changed(&self) {
        self.changes
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Wakes up at each change.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until released, or until the sandbox stops.
    pub(crate) async fn hold(&self, gateway: Gateway, endpoint: Endpoint, after: bool) {
        let released = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.0 += 1;
            let id = waiting.0;
            let (go, released) = oneshot::channel();
            let request = HeldRequest {
                id,
                gateway,
                endpoint,
                after,
            };
            waiting.1.insert(id, Waiting { request, go });
            released
        };
        self.changed();
        // An error means that the sender is gone, which is a release too.
        let _: Result<(), _> = released.await;
    }

    /// The requests that wait.
    pub(crate) fn held(&self) -> Vec<HeldRequest> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.1.values().map(|one| one.request.clone()).collect()
    }

    /// Lets one request, or all, go on. Answers how many.
    pub(crate) fn release(&self, id: Option<u64>) -> usize {
        let gone: Vec<Waiting> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match id {
                Some(id) => waiting.1.remove(&id).into_iter().collect(),
                None => std::mem::take(&mut waiting.1).into_values().collect(),
            }
        };
        let count = gone.len();
        for one in gone {
            // The waiting task may have ended with the sandbox.
            let _: Result<(), ()> = one.go.send(());
        }
        self.changed();
        count
    }
}

/// The state of all gateways. No `Debug`: it holds tokens.
pub(crate) struct State {
    pub(crate) core: Core,
    pub(crate) targets: Targets,
    pub(crate) conekta: ConektaStore,
    pub(crate) mercado_pago: MercadoPagoStore,
    pub(crate) telegram: TelegramStore,
}

impl State {
    pub(crate) fn new(core: Core, webhook_targets: WebhookTargets) -> Self {
        Self {
            core,
            targets: Targets::new(webhook_targets),
            conekta: ConektaStore::default(),
            mercado_pago: MercadoPagoStore::default(),
            telegram: TelegramStore::default(),
        }
    }

    /// What Conekta works on.
    pub(crate) fn conekta(&mut self) -> conekta::State<'_> {
        conekta::State {
            core: &mut self.core,
            store: &mut self.conekta,
        }
    }

    /// What Mercado Pago works on.
    pub(crate) fn mercado_pago(&mut self) -> mercado_pago::State<'_> {
        mercado_pago::State {
            core: &mut self.core,
            store: &mut self.mercado_pago,
        }
    }

    /// Forgets orders, payments, ledger, faults and journal; keeps time, id counter, settings,
    /// addresses and revoked keys.
    pub(crate) fn reset(&mut self) {
        self.core.reset();
        self.conekta = ConektaStore::default();
        self.mercado_pago = MercadoPagoStore::default();
        self.telegram = TelegramStore::default();
    }

    fn payment(&self, id: &str) -> Result<PaymentView, SettleError> {
        conekta::settle::view(&self.conekta, id)
            .or_else(|| mercado_pago::settle::view(&self.mercado_pago, id))
            .ok_or_else(|| SettleError::NotFound(id.to_owned()))
    }
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
        let now_ms = state.core.clock.now_ms();
        let done = if conekta::settle::view(&state.conekta, id).is_some() {
            conekta::settle::settle(&mut state.conekta(), id, decision, now_ms)
        } else {
            mercado_pago::settle::settle(&mut state.mercado_pago(), id, decision, now_ms)
        };
        match done {
            None => Err(SettleError::NotFound(id.to_owned())),
            Some(Err(status)) => Err(SettleError::WrongState(status)),
            Some(Ok(())) => state.payment(id),
        }
    };
    hub.changed();
    outcome
}

/// One payment, found by its id, its order's id or its reference.
pub(crate) fn payment(hub: &Hub, id: &str) -> Result<PaymentView, SettleError> {
    hub.state().payment(id)
}

/// All payments that are kept, Conekta's first, each oldest first.
pub(crate) fn payments(hub: &Hub) -> Vec<PaymentView> {
    let state = hub.state();
    let mut all = conekta::settle::views(&state.conekta);
    all.extend(mercado_pago::settle::views(&state.mercado_pago));
    all
}

/// Makes everything visible to searches that `search_delay` still hides.
pub(crate) fn reveal(hub: &Hub) {
    let mut state = hub.state();
    for order in state.conekta.orders.items_mut() {
        order.hidden = 0;
    }
    for payment in state.mercado_pago.payments.items_mut() {
        payment.hidden = 0;
    }
}
