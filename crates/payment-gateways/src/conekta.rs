//! Conekta, API version 2.3.0: an order first, then its one charge. No idempotency key, so nothing
//! that moves money is ever sent twice.

mod charge;
mod codes;
mod event;
mod facts;
mod read;
mod refund;
mod status;
mod wire;

use async_trait::async_trait;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, ReferenceParts, RefundOutcome, RefundRequest,
};
use ports::system::SecureRandom;

use crate::http::{ConektaConfig, ConfigError, HttpClient};

/// How Conekta's published test tokens begin.
const REUSABLE_TEST_TOKEN: &str = "tok_test_";
/// What new companies have for a key; it tells nothing.
const PLACEHOLDER_KEY: &str = "key_test_default";

/// Conekta behind the payment port.
///
/// Every call of the port ends within the configured request time-out, extra reads included.
#[derive(Debug, Clone)]
pub struct ConektaGateway {
    http: HttpClient,
}

impl ConektaGateway {
    /// Sets the client up; nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] for an unusable base address or time-out, or if TLS cannot be set up.
    pub fn new(config: &ConektaConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            http: HttpClient::new(
                &config.base_url,
                config.request_timeout,
                config.connect_timeout,
            )?,
        })
    }
}

#[async_trait]
impl PaymentGateway for ConektaGateway {
    fn kind(&self) -> GatewayKind {
        GatewayKind::Conekta
    }

    /// The attempt's id.
    fn reference(&self, parts: &ReferenceParts, _random: &dyn SecureRandom) -> String {
        parts.attempt_id.to_string()
    }

    /// Always `None`: operators set the address up in Conekta's panel.
    fn notification_url(&self, _base: &str, _tenant: &TenantId) -> Option<String> {
        None
    }

    fn is_reusable_test_token(&self, token: &str) -> bool {
        token.starts_with(REUSABLE_TEST_TOKEN)
    }

    fn accepts_currency(&self, _currency: Currency) -> bool {
        true
    }

    fn mode_of_key(&self, key: &str) -> Option<GatewayMode> {
        if key.starts_with("key_live_") {
            Some(GatewayMode::Live)
        } else if key.starts_with("key_test_") && key != PLACEHOLDER_KEY {
            Some(GatewayMode::Test)
        } else {
            None
        }
    }

    /// Charges are read by way of their order.
    fn reads_by_payment_id(&self) -> bool {
        false
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        charge::open_order(&self.http, account, request)
            .await
            .map(Some)
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        match order_id {
            Some(order_id) => charge::charge(&self.http, account, &order_id, request).await,
            // A charge needs its order; without one nothing is sent.
            None => ChargeOutcome::NotCharged(NotCharged::Failed),
        }
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        read::read(&self.http, account, handle, self.http.deadline()).await
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        refund::refund(&self.http, account, request).await
    }

    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        refund::cancel(&self.http, account, handle).await
    }

    /// Always `None`: Conekta names no account in its objects.
    async fn account_id(&self, _account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        read::list(&self.http, account, from, to, cursor).await
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        event::parse(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        event::prove(raw, &keys.public_keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway() -> ConektaGateway {
        ConektaGateway::new(&ConektaConfig::default()).unwrap()
    }

    #[test]
    fn keys_tell_their_mode() {
        for (key, mode) in [
            ("key_live_x", Some(GatewayMode::Live)),
            ("key_test_x", Some(GatewayMode::Test)),
            (PLACEHOLDER_KEY, None),
            ("key_abc", None),
        ] {
            assert_eq!(gateway().mode_of_key(key), mode, "{key}");
        }
    }

    #[test]
    fn only_published_test_tokens_pay_more_than_once() {
        assert!(gateway().is_reusable_test_token("tok_test_visa_4242"));
        assert!(!gateway().is_reusable_test_token("tok_2x"));
    }
}
