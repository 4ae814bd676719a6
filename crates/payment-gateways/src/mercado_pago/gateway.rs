//! The port, spread over one file per operation.

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, RefundOutcome, RefundRequest,
};

use crate::config::{ConfigError, MercadoPagoConfig};
use crate::mercado_pago::api::Api;
use crate::mercado_pago::{audit, cancel, charge, event, proof, read, refund};

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
        charge::run(&self.api, account, request).await
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        read::run(&self.api, account, handle, self.api.deadline()).await
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        refund::run(&self.api, account, request).await
    }

    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        cancel::run(&self.api, account, handle).await
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
        audit::run(&self.api, account, from, to, cursor).await
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        event::parse(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        proof::prove(raw, keys.secret.as_ref())
    }
}
