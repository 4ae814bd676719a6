//! Mercado Pago, Payments API. Every POST and PUT carries an idempotency key, so a request whose
//! answer was lost is repeated as it was, inside of the same call only.

mod api;
mod causes;
mod charge;
mod event;
mod facts;
mod read;
mod refund;
mod status;
mod wire;

pub use self::wire::accepts_notification_url;

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
use ports::system::{SecureRandom, random_bytes};

use crate::http::{ConfigError, MercadoPagoConfig};
use crate::mercado_pago::api::Api;

/// Mercado Pago behind the payment port.
///
/// Every call of the port ends within the configured request time-out, a charge with its repeats
/// within twice that time.
#[derive(Debug, Clone)]
pub struct MercadoPagoGateway {
    api: Api,
}

impl MercadoPagoGateway {
    /// Sets the client up; nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] for an unusable base address or time-out, or if TLS cannot be set up.
    pub fn new(config: &MercadoPagoConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            api: Api::new(config)?,
        })
    }
}

#[async_trait]
impl PaymentGateway for MercadoPagoGateway {
    fn kind(&self) -> GatewayKind {
        GatewayKind::MercadoPago
    }

    /// `HS`, two letters of the tenant, the product, the second, six random hex digits.
    fn reference(&self, parts: &ReferenceParts, random: &dyn SecureRandom) -> String {
        let tenant: String = parts.tenant_id.as_str().chars().take(2).collect();
        let seconds = parts.now.unix_seconds();
        let product = parts.product_id.get();
        let [a, b, c] = random_bytes::<3>(random);
        format!("HS{tenant}{product:03}{seconds}{a:02X}{b:02X}{c:02X}")
    }

    fn notification_url(&self, base: &str, tenant: &TenantId) -> Option<String> {
        Some(format!("{base}/api/v1/webhook/mercado-pago/{tenant}"))
    }

    /// Never: test cards get a new token for each payment.
    fn is_reusable_test_token(&self, _token: &str) -> bool {
        false
    }

    /// Only the currency of the account, which is Mexican pesos.
    fn accepts_currency(&self, currency: Currency) -> bool {
        currency == Currency::Mxn
    }

    fn mode_of_key(&self, key: &str) -> Option<GatewayMode> {
        key.starts_with("TEST-").then_some(GatewayMode::Test)
    }

    fn reads_by_payment_id(&self) -> bool {
        true
    }

    /// Always `None`: the idempotency key and our reference are the handle.
    async fn open_order(
        &self,
        _account: &GatewayAccount,
        _request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        Ok(None)
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        _order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        charge::charge(&self.api, account, request).await
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        read::read(&self.api, account, handle, self.api.http.deadline()).await
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        refund::refund(&self.api, account, request).await
    }

    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        refund::cancel(&self.api, account, handle).await
    }

    async fn account_id(&self, account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        read::account_id(&self.api, account).await
    }

    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        read::list(&self.api, account, from, to, cursor).await
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        event::parse(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        event::prove(raw, keys.secret.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::{AttemptId, ProductId};

    use super::*;

    fn gateway() -> MercadoPagoGateway {
        MercadoPagoGateway::new(&MercadoPagoConfig::default()).unwrap()
    }

    struct Constant;

    impl SecureRandom for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xAB);
        }
    }

    #[test]
    fn only_test_keys_tell_their_mode() {
        assert_eq!(gateway().mode_of_key("TEST-1"), Some(GatewayMode::Test));
        assert_eq!(gateway().mode_of_key("APP_USR-1"), None);
    }

    #[test]
    fn a_reference_names_tenant_product_and_second() {
        let parts = ReferenceParts {
            attempt_id: AttemptId::from_random([7; 16]),
            tenant_id: TenantId::parse("EMP_7B20C4D91E").unwrap(),
            product_id: ProductId::new(7),
            now: Timestamp::from_unix_seconds(1_774_901_374),
        };
        assert_eq!(
            gateway().reference(&parts, &Constant),
            "HSEM0071774901374ABABAB"
        );
    }

    #[test]
    fn only_pesos_are_charged() {
        let accepted = Currency::ALL.map(|currency| gateway().accepts_currency(currency));
        assert_eq!(
            accepted,
            Currency::ALL.map(|currency| currency == Currency::Mxn)
        );
    }

    #[test]
    fn events_go_to_the_tenants_own_address() {
        let tenant = TenantId::parse("EMP_7B20C4D91E").unwrap();
        assert_eq!(
            gateway()
                .notification_url("https://pay.test", &tenant)
                .as_deref(),
            Some("https://pay.test/api/v1/webhook/mercado-pago/EMP_7B20C4D91E")
        );
    }
}
