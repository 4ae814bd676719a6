//! What all gateways share: money's ledger, time, faults, events. It knows no gateway.

pub(crate) mod clock;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod money;
pub(crate) mod retained;
pub(crate) mod scenario;
pub(crate) mod signatures;

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::core::clock::{Clock, Ids};
use crate::core::events::{EventLog, WebhookTargets};
use crate::core::faults::ActiveFaults;
use crate::core::gateway::Accounts;
use crate::core::http::Journal;
use crate::core::ledger::Ledger;

/// Addresses and behaviour. The default binds free ports on the loopback interface.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where Conekta listens.
    pub conekta: SocketAddr,
    /// Where Mercado Pago listens.
    pub mercado_pago: SocketAddr,
    /// Where Telegram listens.
    pub telegram: SocketAddr,
    /// Where the control side listens; none for no control port.
    pub control: Option<SocketAddr>,
    /// Start of the identifiers: the same seed gives the same ids in the same order.
    pub seed: u64,
    /// Where time comes from.
    pub clock: Clock,
    /// Behaviour that can also be changed later.
    pub settings: Settings,
    /// Where events go; can also be changed later.
    pub webhooks: WebhookTargets,
}

impl Default for Config {
    fn default() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            conekta: free,
            mercado_pago: free,
            telegram: free,
            control: Some(free),
            seed: 1,
            clock: Clock::System,
            settings: Settings::default(),
            webhooks: WebhookTargets::default(),
        }
    }
}

impl Config {
    /// A seed that differs from run to run: the time of the start.
    #[must_use]
    pub fn fresh_seed() -> u64 {
        Clock::System.now_ms().unsigned_abs()
    }
}

/// Behaviour that is not a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many searches a new order or payment stays invisible to (search is eventually
    /// consistent at both services). Reading by id always finds it.
    pub search_delay: u32,
    /// Whether Conekta's `search` also looks into metadata values. Not documented by the vendor,
    /// hence off.
    pub search_metadata: bool,
    /// Whether events are sent by themselves as soon as something happens, signed correctly, to
    /// the configured addresses. Off: only when asked to.
    pub auto_notify: bool,
}

/// Base URLs, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urls {
    /// Conekta.
    pub conekta: String,
    /// Mercado Pago.
    pub mercado_pago: String,
    /// Telegram.
    pub telegram: String,
    /// The control side, if it has a port.
    pub control: Option<String>,
}

/// What all gateways share. No `Debug`: it holds keys.
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    pub(crate) accounts: Accounts,
    pub(crate) ledger: Ledger,
    pub(crate) journal: Journal,
    pub(crate) faults: ActiveFaults,
    pub(crate) events: EventLog,
}

impl Core {
    pub(crate) fn new(clock: Clock, seed: u64, settings: Settings) -> Self {
        Self {
            clock,
            ids: Ids::new(seed),
            settings,
            accounts: Accounts::default(),
            ledger: Ledger::default(),
            journal: Journal::default(),
            faults: ActiveFaults::default(),
            events: EventLog::default(),
        }
    }

    /// Forgets the ledger, faults, events and journal; keeps time, id counter, settings and revoked
    /// keys, so that ids of before and after a reset never meet.
    pub(crate) fn reset(&mut self) {
        self.ledger = Ledger::default();
        self.journal = Journal::default();
        self.faults = ActiveFaults::default();
        self.events = EventLog::default();
    }
}

/// What one gateway works on: the shared part and its own store.
pub(crate) struct Context<'a, S> {
    pub(crate) core: &'a mut Core,
    pub(crate) store: &'a mut S,
}
