//! The port, spread over one file per operation.

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, RefundOutcome, RefundRequest,
};

use crate::conekta::api::Api;
use crate::conekta::{audit, cancel, charge, event, open_order, proof, read, refund};
use crate::config::{ConektaConfig, ConfigError};

/// Conekta behind the payment port.
///
/// Every call of the port ends within the configured request time-out, extra reads included.
#[derive(Debug, Clone)]
pub struct ConektaGateway {
    api: Api,
}

impl ConektaGateway {
    /// Sets the client up; nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] for an unusable base address or time-out, or if TLS cannot be set up.
    pub fn new(config: &ConektaConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            api: Api::new(config)?,
        })
    }
}

#[async_trait]
impl PaymentGateway for ConektaGateway {
    fn kind(&self) -> GatewayKind {
        GatewayKind::Conekta
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        open_order::run(&self.api, account, request).await.map(Some)
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        match order_id {
            Some(order_id) => charge::run(&self.api, account, &order_id, request).await,
            // A charge needs its order; without one nothing is sent.
            None => ChargeOutcome::NotCharged(NotCharged::Failed),
        }
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
        audit::run(&self.api, account, from, to, cursor).await
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        event::parse(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        proof::prove(raw, &keys.public_keys)
    }
}
