//! The control side as Rust methods.

use std::collections::BTreeMap;

use crate::fault::FaultSpec;
use crate::fault::book::ActiveFault;
use crate::gateway::{Endpoint, Gateway};
use crate::hub::HeldRequest;
use crate::journal::RequestRecord;
use crate::ledger::Ledger;
use crate::notice::Notice;
use crate::operations::{self, Decision, SettleError};
use crate::payment_view::PaymentView;
use crate::sandbox::Sandbox;
use crate::settings::Settings;
use crate::telegram::store::TelegramMessage;
use crate::webhooks::order::{Delivery, SendOrder};
use crate::webhooks::targets::{MerchantTarget, WebhookTargets};
use crate::webhooks::{deliver, keys};

#[expect(
    clippy::must_use_candidate,
    reason = "switches are used for their effect"
)]
impl Sandbox {
    /// The books as they are now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.hub.state().ledger.clone()
    }

    /// How many requests there were of this kind.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        self.hub.state().journal.count(endpoint)
    }

    /// How many requests there were, by service and kind.
    #[must_use]
    pub fn counters(&self) -> BTreeMap<Gateway, BTreeMap<Endpoint, u64>> {
        self.hub.state().journal.counters()
    }

    /// The last requests (at most 1000), oldest first, without secrets.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.hub.state().journal.list()
    }

    /// Sets a fault; answers its number.
    pub fn fault(&self, spec: FaultSpec) -> u64 {
        self.hub.state().faults.add(spec)
    }

    /// Removes a fault; whether it was still set.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.hub.state().faults.remove(id)
    }

    /// Removes all faults. Requests that are held already stay so until released.
    pub fn clear_faults(&self) {
        self.hub.state().faults.clear();
    }

    /// The faults that are set.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.hub.state().faults.list()
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
        operations::payment(&self.hub, id)
    }

    /// All payments (Conekta: charges), Conekta's first, each oldest first.
    #[must_use]
    pub fn payments(&self) -> Vec<PaymentView> {
        operations::payments(&self.hub)
    }

    /// Decides about a payment from outside.
    ///
    /// # Errors
    /// There is no such payment, or its state does not allow it.
    pub fn settle(&self, id: &str, decision: &Decision) -> Result<PaymentView, SettleError> {
        operations::settle(&self.hub, id, decision)
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
        self.hub.state().settings
    }

    /// Changes the settings; a delay of search concerns what comes into being from now on.
    pub fn set_settings(&self, settings: Settings) {
        self.hub.state().settings = settings;
        self.hub.changed();
    }

    /// Makes everything visible to searches that the delay still hides.
    pub fn reveal(&self) {
        operations::reveal(&self.hub);
    }

    /// Where the notices of one merchant go from now on.
    pub fn set_merchant_webhook(&self, target: MerchantTarget) {
        self.hub.state().targets.set(target);
        self.hub.changed();
    }

    /// Where notices go from now on, for merchants without an address of their own.
    pub fn set_webhooks(&self, targets: WebhookTargets) {
        self.hub.state().targets.general = targets;
        self.hub.changed();
    }

    /// Public key (PEM) of the pair that signs Conekta's notices for accounts that asked for no
    /// key of their own.
    #[must_use]
    pub fn conekta_public_key(&self) -> &'static str {
        keys::public_pem(0)
    }

    /// All events so far, oldest first, sent or not.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.hub.state().notices.all().to_vec()
    }

    /// Sends notices, one after the other.
    ///
    /// # Errors
    /// No address is known for one of them; none was sent then.
    pub async fn send_webhooks(&self, order: &SendOrder) -> Result<Vec<Delivery>, String> {
        deliver::send(&self.hub, order).await
    }

    /// Refuses this key from now on (401).
    pub fn revoke_key(&self, gateway: Gateway, key: &str) {
        self.hub.state().accounts.revoke(gateway, key);
    }

    /// Makes `key` open the same merchant account as `existing`.
    pub fn join_account(&self, gateway: Gateway, key: &str, existing: &str) {
        self.hub.state().accounts.join(gateway, key, existing);
    }

    /// Telegram messages received, oldest first.
    #[must_use]
    pub fn telegram_messages(&self) -> Vec<TelegramMessage> {
        self.hub.state().telegram.messages.clone()
    }

    /// Forgets all orders, payments, books, faults and requests, and lets held requests go on.
    /// Settings, addresses and revoked keys stay; ids go on counting.
    pub fn reset(&self) {
        self.hub.state().reset();
        self.hub.release(None);
    }
}
