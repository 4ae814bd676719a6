//! A running sandbox, as tests hold it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::server;
use crate::state::State;

/// A running sandbox. Dropping it stops it; [`Sandbox::stop`] also waits for the end.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) hub: Arc<Hub>,
    tasks: TaskTracker,
    conekta: SocketAddr,
    mercado_pago: SocketAddr,
    telegram: SocketAddr,
    control: Option<SocketAddr>,
}

impl Sandbox {
    /// Binds the ports and starts to serve, on the current tokio runtime.
    ///
    /// # Errors
    /// A port that cannot be bound.
    pub async fn start(config: Config) -> io::Result<Self> {
        let hub = Arc::new(Hub::new(State::new(
            config.clock,
            config.seed,
            config.settings,
        )));
        let tasks = TaskTracker::new();
        let mut bound = Vec::new();
        for (gateway, address) in [
            (Gateway::Conekta, config.conekta),
            (Gateway::MercadoPago, config.mercado_pago),
            (Gateway::Telegram, config.telegram),
        ] {
            let (listener, at) = server::bind(address).await?;
            bound.push((gateway, listener, at));
        }
        let mut addresses = [config.conekta; 3];
        for (slot, (gateway, listener, at)) in addresses.iter_mut().zip(bound) {
            *slot = at;
            tasks.spawn(server::listen(
                listener,
                gateway,
                Arc::clone(&hub),
                tasks.clone(),
            ));
        }
        let [conekta, mercado_pago, telegram] = addresses;
        Ok(Self {
            hub,
            tasks,
            conekta,
            mercado_pago,
            telegram,
            control: None,
        })
    }

    /// Base URL of Conekta, without a slash at the end.
    #[must_use]
    pub fn conekta_url(&self) -> String {
        format!("http://{}", self.conekta)
    }

    /// Base URL of Mercado Pago, without a slash at the end.
    #[must_use]
    pub fn mercado_pago_url(&self) -> String {
        format!("http://{}", self.mercado_pago)
    }

    /// Base URL of Telegram, without a slash at the end.
    #[must_use]
    pub fn telegram_url(&self) -> String {
        format!("http://{}", self.telegram)
    }

    /// Base URL of the control side, if it has a port.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control.map(|address| format!("http://{address}"))
    }

    /// The books as they are now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.hub.state().ledger.clone()
    }

    /// Stops and waits until every connection is closed.
    pub async fn stop(self) {
        self.hub.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.hub.stop.cancel();
    }
}
