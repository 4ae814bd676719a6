//! Payment gateways.
//!
//! The vocabulary is chosen by what the caller may do next: a payment is *answered* (facts, to be
//! judged by the domain), certainly *not charged*, or *unknown*. A time-out is unknown, never a
//! failure.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use async_trait::async_trait;
use domain::contact::Customer;
use domain::gateway::{ByGateway, GatewayKind, GatewayMode, PaymentFacts, PaymentMark};
use domain::ids::{AttemptId, ProductId, TenantId};
use domain::money::{Currency, Money};
use domain::payment_method::PaymentMethod;
use domain::secret::Secret;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::system::SecureRandom;

/// A tenant's account at a gateway, opened for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayAccount {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Version of the credentials.
    pub version: i64,
    /// Conekta's private key or Mercado Pago's access token.
    pub secret: Secret,
    /// Test or live.
    pub mode: GatewayMode,
    /// Mercado Pago: the account's id, if known.
    pub collector: Option<String>,
}

/// Everything a gateway needs to know of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Idempotency key, where the gateway has one.
    pub attempt_id: AttemptId,
    /// Our reference (Conekta `reference_id`, Mercado Pago `external_reference`).
    pub reference: String,
    /// Price.
    pub amount: Money,
    /// How it is paid.
    pub method: PaymentMethod,
    /// The product.
    pub product_id: ProductId,
    /// The product's name for the customer.
    pub sale_name: String,
    /// Who buys.
    pub customer: Customer,
    /// Phone to use when the customer's is missing or unusable: the tenant's.
    pub fallback_phone: Option<String>,
    /// The customer's address as the portal says.
    pub customer_ip: Option<Ipv4Addr>,
    /// Where the gateway should send events, if we are reachable from outside.
    pub notification_url: Option<String>,
    /// Our marks.
    pub mark: PaymentMark,
}

/// What a reference for a new payment is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceParts {
    /// The charge attempt.
    pub attempt_id: AttemptId,
    /// Who sells.
    pub tenant_id: TenantId,
    /// What is sold.
    pub product_id: ProductId,
    /// When.
    pub now: Timestamp,
}

/// How to find a payment again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentHandle {
    /// Our reference.
    pub reference: String,
    /// Conekta's order.
    pub order_id: Option<String>,
    /// Mercado Pago's payment, Conekta's charge.
    pub payment_id: Option<String>,
}

/// Why certainly no money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCharged {
    /// The request never left: refused connection, DNS, TLS.
    #[error("the gateway could not be reached")]
    Unreachable,
    /// The gateway did not answer in time to a request that moves no money.
    #[error("the gateway did not answer in time")]
    TimedOut,
    /// The gateway refused our credentials or our way of asking (401, 403, 404, 409).
    #[error("the gateway refused the tenant's credentials or set-up")]
    Misconfigured,
    /// The gateway found a field invalid (400, 422): token, e-mail, phone.
    #[error("the gateway found the request invalid")]
    Invalid,
    /// Too many requests.
    #[error("the gateway is busy")]
    Busy,
    /// The gateway failed at a request that moves no money (5xx, garbage).
    #[error("the gateway failed")]
    Failed,
}

/// What came of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// The gateway answered with a payment, whatever its status; declines included.
    Answered(Box<PaymentFacts>),
    /// Certainly nothing was charged.
    NotCharged(NotCharged),
    /// The request may have arrived: time-out after bytes left, reset, 5xx, garbage, or an error
    /// that says "this was charged before". Only reading tells. The text is for logs and free of
    /// secrets and customers' data.
    Unknown(String),
}

/// What reading a payment brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOutcome {
    /// The payment as it is now.
    Found(Box<PaymentFacts>),
    /// A successful read that shows no charge (yet).
    NoCharge,
}

/// Why a read brought nothing. None of these says that nothing was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No answer, 5xx, garbage.
    #[error("the gateway did not answer usefully")]
    Unavailable,
    /// Too many requests.
    #[error("the gateway is busy")]
    Busy,
    /// 401, 403 or 404: credentials, or an account that does not own the payment.
    #[error("the gateway refused the read")]
    Refused,
}

/// A refund to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The payment.
    pub handle: PaymentHandle,
    /// Idempotency key, where the gateway has one; the same for every repeat of this refund.
    pub key: Uuid,
    /// How much goes back.
    pub amount: Money,
    /// Whether this is all that is left.
    pub is_full: bool,
}

/// What came of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Confirmed.
    Done {
        /// The gateway's id of the refund, if it gave one.
        refund_id: Option<String>,
    },
    /// Certainly not made, and repeating the same will not help. The text names the gateway's
    /// reason code.
    Refused(String),
    /// Certainly not made, but worth repeating later.
    NotSent,
    /// May have been made: read the payment and compare its refunded total.
    Unknown,
}

/// What came of cancelling a payment that is not approved yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It will not be approved any more.
    Cancelled,
    /// The gateway refused: read the payment, it may have moved on.
    Refused,
    /// No usable answer: try again.
    Unknown,
}

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawEvent {
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// What a gateway's event points at. Its body is a hint; the payment is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayEvent {
    /// The gateway's id of the event, for de-duplication.
    pub event_id: String,
    /// The gateway's word for the event (`order.paid`, `payment.updated`).
    pub topic: String,
    /// Conekta: the order concerned.
    pub order_id: Option<String>,
    /// Mercado Pago: the payment concerned; Conekta: the charge.
    pub payment_id: Option<String>,
    /// Our reference, when the body carries it.
    pub reference: Option<String>,
}

/// What the keys of a tenant say of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventProof {
    /// Signed with a key of the tenant.
    Verified,
    /// The tenant has no key: a hint at most.
    NoKey,
    /// The tenant has a key, and the signature is missing or wrong: do nothing.
    Forged,
}

/// What a tenant checks events with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventKeys {
    /// Mercado Pago's secret.
    pub secret: Option<Secret>,
    /// Conekta's PEM public keys.
    pub public_keys: Vec<String>,
}

/// One page of the payments that a gateway lists, for the daily audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// The payments, with the marks found on them.
    pub payments: Vec<(PaymentFacts, Option<PaymentMark>)>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// A payment gateway.
///
/// An adapter MUST answer every call within its configured time-outs, MUST NOT log or return
/// tokens, keys or card data, and MUST bound the size of answers it reads.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Which one this is.
    fn kind(&self) -> GatewayKind;

    /// Our reference for a new payment. MUST be unique among all payments of the tenant, MUST fit
    /// the gateway's limits, and MUST NOT hold personal data.
    fn reference(&self, parts: &ReferenceParts, random: &dyn SecureRandom) -> String;

    /// Where events about a new payment are to be sent, where the gateway is told so with each
    /// charge; `None` where the account's own configuration says it. `base` is the server's
    /// public address without a slash at its end.
    fn notification_url(&self, base: &str, tenant: &TenantId) -> Option<String>;

    /// Whether a card token is one of the gateway's published test tokens, which may pay more
    /// than once.
    fn is_reusable_test_token(&self, token: &str) -> bool;

    /// Whether prices in this currency can be charged.
    fn accepts_currency(&self, currency: Currency) -> bool;

    /// The mode that a secret key tells of itself; `None` where its form tells nothing.
    fn mode_of_key(&self, key: &str) -> Option<GatewayMode>;

    /// Whether [`PaymentGateway::read`] finds a payment by its payment id alone, without our
    /// reference or an order.
    fn reads_by_payment_id(&self) -> bool;

    /// Makes a durable handle before money moves, where the gateway has one (Conekta: an order
    /// without a charge); `None` where it has none. MUST compare `livemode` with the account.
    ///
    /// # Errors
    /// [`NotCharged`]: whatever went wrong, no money can have moved.
    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged>;

    /// Charges the card once. Transport repeats are allowed only where the gateway's idempotency
    /// makes them harmless, and only inside this call.
    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome;

    /// Reads the payment as it is now, by id where there is one, else by our reference. Of
    /// several payments with our reference MUST return the one that holds money.
    ///
    /// # Errors
    /// [`ReadError`].
    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError>;

    /// Gives money back.
    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome;

    /// Cancels a payment that is pending or under review.
    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome;

    /// The account's own id at the gateway, where it has one.
    ///
    /// # Errors
    /// [`ReadError`]; `Refused` when the credentials are wrong.
    async fn account_id(&self, account: &GatewayAccount) -> Result<Option<String>, ReadError>;

    /// Lists payments that were made or changed in the window, in the gateway's order. One that
    /// changes while it is listed may be missing, and is part of a later window.
    ///
    /// # Errors
    /// [`ReadError`].
    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError>;

    /// Parses an event; `None` when it concerns nothing of ours (pings, other topics, garbage).
    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent>;

    /// Checks an event's signature in constant time.
    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof;
}

/// All gateways, by kind.
#[derive(Clone)]
pub struct Gateways(ByGateway<Arc<dyn PaymentGateway>>);

impl Gateways {
    /// Asks `make` for each gateway once. `make` MUST answer one of the kind that it is given.
    #[must_use]
    pub fn new(make: impl FnMut(GatewayKind) -> Arc<dyn PaymentGateway>) -> Self {
        Self(ByGateway::new(make))
    }

    /// The gateway of one kind.
    #[must_use]
    pub fn get(&self, kind: GatewayKind) -> &dyn PaymentGateway {
        self.0.get(kind).as_ref()
    }
}

impl fmt::Debug for Gateways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateways(..)")
    }
}
