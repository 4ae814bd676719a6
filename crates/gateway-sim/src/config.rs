//! How a sandbox is started.

use std::net::{Ipv4Addr, SocketAddr};

use crate::clock::Clock;
use crate::settings::Settings;
use crate::webhooks::targets::WebhookTargets;

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
    /// Where notices go; can also be changed later.
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
