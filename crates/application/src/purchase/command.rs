//! The request to start a purchase, and why it may be refused.

use domain::contact::Customer;
use domain::gateway::GatewayKind;
use domain::ids::ProductId;
use domain::purchase::DeviceHints;
use domain::secret::Secret;
use domain::voucher::VoucherKind;

use crate::error::{Failure, failures_into};

/// What only Mercado Pago asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MercadoPagoFields {
    /// What the portal believes the price to be, in minor units; only compared.
    pub amount_minor: i64,
    /// Card brand.
    pub payment_method_id: String,
    /// Issuing bank.
    pub issuer_id: Option<String>,
    /// Instalments, at least 1.
    pub installments: u32,
    /// Fingerprint of the browser.
    pub device_session_id: Option<String>,
}

/// A customer's wish to buy.
#[derive(Debug, Clone)]
pub struct StartPurchase {
    /// Who charges.
    pub gateway: GatewayKind,
    /// What.
    pub product_id: ProductId,
    /// Single-use card token.
    pub card_token: Secret,
    /// Who.
    pub customer: Customer,
    /// Kind of credentials.
    pub voucher_kind: VoucherKind,
    /// The device.
    pub device: DeviceHints,
    /// The caller's `Idempotency-Key`: 1 to 255 visible ASCII characters.
    pub idempotency_key: Option<String>,
    /// Mercado Pago's fields; present exactly when that is the gateway.
    pub mercado_pago: Option<MercadoPagoFields>,
}

impl StartPurchase {
    /// Instalments, 1 where there are none.
    #[must_use]
    pub fn installments(&self) -> u32 {
        self.mercado_pago
            .as_ref()
            .map_or(1, |fields| fields.installments)
    }
}

/// Why a purchase was refused. Nothing was stored, reserved or charged.
#[derive(Debug, thiserror::Error)]
pub enum StartPurchaseError {
    /// No such product on this router, or it is not sold any more.
    #[error("the product is not for sale on this router")]
    ProductNotFound,
    /// The operator is switched off.
    #[error("the tenant is not active")]
    TenantInactive,
    /// The router is switched off.
    #[error("the router is not active")]
    RouterInactive,
    /// The operator has no account at this gateway.
    #[error("the gateway is not configured")]
    GatewayNotConfigured,
    /// The portal shows another price than the product's.
    #[error("the amount is not the product's price")]
    AmountMismatch,
    /// The gateway charges in another currency.
    #[error("the gateway does not charge in the product's currency")]
    CurrencyNotAccepted,
    /// The idempotency key or the card token belongs to a purchase with other data.
    #[error("the key was used with other data")]
    KeyReused,
    /// Could not be done. Nothing was charged.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(StartPurchaseError);
