//! A running sandbox, as tests hold it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::control;
use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::notifier;
use crate::server;
use crate::state::State;
use crate::urls::Urls;

mod controls;

/// A running sandbox. Dropping it stops it; [`Sandbox::stop`] also waits for the end.
#[derive(Debug)]
pub struct Sandbox {
    hub: Arc<Hub>,
    tasks: TaskTracker,
    urls: Urls,
}

impl Sandbox {
    /// Binds the ports and starts to serve, on the current tokio runtime.
    ///
    /// # Errors
    /// A port that cannot be bound, with its address.
    pub async fn start(config: Config) -> io::Result<Self> {
        let (conekta, conekta_at) = server::bind(config.conekta).await?;
        let (mercado_pago, mercado_pago_at) = server::bind(config.mercado_pago).await?;
        let (telegram, telegram_at) = server::bind(config.telegram).await?;
        let control = match config.control {
            Some(address) => Some(server::bind(address).await?),
            None => None,
        };
        let url = |address: SocketAddr| format!("http://{address}");
        let urls = Urls {
            conekta: url(conekta_at),
            mercado_pago: url(mercado_pago_at),
            telegram: url(telegram_at),
            control: control.as_ref().map(|(_, address)| url(*address)),
        };
        let state = State::new(config.clock, config.seed, config.settings, config.webhooks);
        let hub = Arc::new(Hub::new(state));
        let tasks = TaskTracker::new();
        for (gateway, listener) in [
            (Gateway::Conekta, conekta),
            (Gateway::MercadoPago, mercado_pago),
            (Gateway::Telegram, telegram),
        ] {
            tasks.spawn(server::listen(
                listener,
                gateway,
                Arc::clone(&hub),
                tasks.clone(),
            ));
        }
        if let Some((listener, _)) = control {
            tasks.spawn(control::serve(listener, Arc::clone(&hub), urls.clone()));
        }
        tasks.spawn(notifier::run(Arc::clone(&hub)));
        Ok(Self { hub, tasks, urls })
    }

    /// Where it listens.
    #[must_use]
    pub const fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Base URL of Conekta, without a slash at the end.
    #[must_use]
    pub fn conekta_url(&self) -> &str {
        &self.urls.conekta
    }

    /// Base URL of Mercado Pago, without a slash at the end.
    #[must_use]
    pub fn mercado_pago_url(&self) -> &str {
        &self.urls.mercado_pago
    }

    /// Base URL of Telegram, without a slash at the end.
    #[must_use]
    pub fn telegram_url(&self) -> &str {
        &self.urls.telegram
    }

    /// Base URL of the control side, if it has a port.
    #[must_use]
    pub fn control_url(&self) -> Option<&str> {
        self.urls.control.as_deref()
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
