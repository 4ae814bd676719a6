//! A running sandbox, as tests hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::core::events::{Delivery, GatewayEvent, MerchantTarget, SendOrder, WebhookTargets};
use crate::core::faults::{ActiveFault, FaultSpec};
use crate::core::gateway::{Endpoint, Gateway};
use crate::core::http::RequestRecord;
use crate::core::ledger::{Decision, Ledger, PaymentView};
use crate::core::{Config, Core, Settings, Urls, signatures};
use crate::server::hub::{self, HeldRequest, Hub, SettleError, State};
use crate::server::{self, control, webhooks};
use crate::telegram::TelegramMessage;

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
        let core = Core::new(config.clock, config.seed, config.settings);
        let state = State::new(core, config.webhooks);
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
        tasks.spawn(webhooks::send_automatically(Arc::clone(&hub)));
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

#[expect(
    clippy::must_use_candidate,
    reason = "switches are used for their effect"
)]
impl Sandbox {
    /// The ledger as it is now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.hub.state().core.ledger.clone()
    }

    /// How many requests there were of this kind.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        self.hub.state().core.journal.count(endpoint)
    }

    /// How many requests there were, by service and kind.
    #[must_use]
    pub fn counters(&self) -> BTreeMap<Gateway, BTreeMap<Endpoint, u64>> {
        self.hub.state().core.journal.counters()
    }

    /// The last requests (at most 1000), oldest first, without secrets.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.hub.state().core.journal.list()
    }

    /// Sets a fault; answers its number.
    pub fn fault(&self, spec: FaultSpec) -> u64 {
        self.hub.state().core.faults.add(spec)
    }

    /// Removes a fault; whether it was still set.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.hub.state().core.faults.remove(id)
    }

    /// Removes all faults. Requests that are held already stay so until released.
    pub fn clear_faults(&self) {
        self.hub.state().core.faults.clear();
    }

    /// The faults that are set.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.hub.state().core.faults.list()
    }

    /// The requests that wait to be released.
    #[must_use]
    pub fn held(&self) -> Vec<HeldRequest> {
        self.hub.held()
    }

    /// Lets every held request go on; answers how many.
    pub fn release_all(&self) -> usize {
        self.hub.release(None)
    }

    /// Lets one held request go on; whether there was one with this number.
    pub fn release(&self, id: u64) -> bool {
        self.hub.release(Some(id)) > 0
    }

    /// Waits until at least this many requests are held.
    pub async fn wait_held(&self, count: usize) {
        self.wait_until(|sandbox| sandbox.held().len() >= count)
            .await;
    }

    /// Waits until at least this many requests of a kind have come in.
    pub async fn wait_count(&self, endpoint: Endpoint, count: u64) {
        self.wait_until(|sandbox| sandbox.count(endpoint) >= count)
            .await;
    }

    /// Waits until something is so; looked at again at each change in the sandbox.
    pub async fn wait_until(&self, so: impl Fn(&Self) -> bool) {
        let mut changes = self.hub.watch();
        while !so(self) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// A payment by its id, its order's id, or its reference (the newest).
    ///
    /// # Errors
    /// There is none.
    pub fn payment(&self, id: &str) -> Result<PaymentView, SettleError> {
        hub::payment(&self.hub, id)
    }

    /// The newest payments (some ten thousands; Conekta: charges), Conekta's first, each oldest first.
    #[must_use]
    pub fn payments(&self) -> Vec<PaymentView> {
        hub::payments(&self.hub)
    }

    /// Decides about a payment from outside.
    ///
    /// # Errors
    /// There is no such payment, or its state does not allow it.
    pub fn settle(&self, id: &str, decision: &Decision) -> Result<PaymentView, SettleError> {
        hub::settle(&self.hub, id, decision)
    }

    /// [`Decision::Approve`].
    ///
    /// # Errors
    /// As [`Sandbox::settle`].
    pub fn approve(&self, id: &str) -> Result<PaymentView, SettleError> {
        self.settle(id, &Decision::Approve)
    }

    /// [`Decision::Reject`] with the usual code.
    ///
    /// # Errors
    /// As [`Sandbox::settle`].
    pub fn reject(&self, id: &str) -> Result<PaymentView, SettleError> {
        self.settle(id, &Decision::Reject { code: None })
    }

    /// [`Decision::Chargeback`].
    ///
    /// # Errors
    /// As [`Sandbox::settle`].
    pub fn chargeback(&self, id: &str) -> Result<PaymentView, SettleError> {
        self.settle(id, &Decision::Chargeback)
    }

    /// [`Decision::Refund`]; all that is left when no amount (in minor units) is named.
    ///
    /// # Errors
    /// As [`Sandbox::settle`].
    pub fn refund(&self, id: &str, amount_cents: Option<i64>) -> Result<PaymentView, SettleError> {
        self.settle(id, &Decision::Refund { amount_cents })
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.hub.state().core.settings
    }

    /// Changes the settings; a delay of search concerns what comes into being from now on.
    pub fn set_settings(&self, settings: Settings) {
        self.hub.state().core.settings = settings;
        self.hub.changed();
    }

    /// Makes everything visible to searches that the delay still hides.
    pub fn reveal(&self) {
        hub::reveal(&self.hub);
    }

    /// Where the events of one merchant go from now on.
    pub fn set_merchant_webhook(&self, target: MerchantTarget) {
        self.hub.state().targets.set(target);
        self.hub.changed();
    }

    /// Where events go from now on, for merchants without an address of their own.
    pub fn set_webhooks(&self, targets: WebhookTargets) {
        self.hub.state().targets.general = targets;
        self.hub.changed();
    }

    /// Public key (PEM) of the pair that signs Conekta's events for accounts that asked for no
    /// key of their own.
    #[must_use]
    pub fn conekta_public_key(&self) -> &'static str {
        signatures::public_pem(0)
    }

    /// The newest events (some thousands), oldest first, sent or not.
    #[must_use]
    pub fn events(&self) -> Vec<GatewayEvent> {
        self.hub.state().core.events.all().to_vec()
    }

    /// Sends events, one after the other.
    ///
    /// # Errors
    /// No address is known for one of them; none was sent then.
    pub async fn send_webhooks(&self, order: &SendOrder) -> Result<Vec<Delivery>, String> {
        webhooks::send(&self.hub, order).await
    }

    /// Refuses this key from now on (401).
    pub fn revoke_key(&self, gateway: Gateway, key: &str) {
        self.hub.state().core.accounts.revoke(gateway, key);
    }

    /// Makes `key` open the same merchant account as `existing`.
    pub fn join_account(&self, gateway: Gateway, key: &str, existing: &str) {
        self.hub.state().core.accounts.join(gateway, key, existing);
    }

    /// The newest Telegram messages received (some thousands), oldest first.
    #[must_use]
    pub fn telegram_messages(&self) -> Vec<TelegramMessage> {
        self.hub.state().telegram.messages.items().to_vec()
    }

    /// Forgets all orders, payments, ledger entries, faults and requests, and lets held requests go on.
    /// Settings, addresses and revoked keys stay; ids go on counting.
    pub fn reset(&self) {
        self.hub.state().reset();
        self.hub.release(None);
    }
}
