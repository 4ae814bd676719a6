//! The request to start a purchase, and why it may be refused.

use std::time::Duration;

use domain::contact::Customer;
use domain::credentials::CredentialKind;
use domain::gateway::GatewayKind;
use domain::ids::ProductId;
use domain::payment_method::PaymentMethod;
use domain::purchase::DeviceHints;

use crate::error::{Failure, failures_into};

/// A request to start a purchase.
#[derive(Debug, Clone)]
pub struct StartPurchase {
    /// Who charges.
    pub gateway: GatewayKind,
    /// Product to buy.
    pub product_id: ProductId,
    /// How it is paid.
    pub method: PaymentMethod,
    /// The customer.
    pub customer: Customer,
    /// Kind of credentials.
    pub credential_kind: CredentialKind,
    /// The device.
    pub device: DeviceHints,
    /// The caller's `Idempotency-Key`: 1 to 255 visible ASCII characters.
    pub idempotency_key: Option<String>,
    /// What the portal shows as the price, in minor units; only compared, never charged.
    pub shown_price: Option<i64>,
}

/// The caller's rate limits do not allow another purchase yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    /// When it is worth trying again.
    pub retry_after: Duration,
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
    /// The caller's rate limits do not allow another purchase yet.
    #[error("too many purchases")]
    Throttled(Throttled),
    /// Concurrent requests collided too often, or no free user name could be drawn.
    #[error("too many concurrent requests")]
    Busy,
    /// Could not be done. Nothing was charged.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(StartPurchaseError);
