//! Which service and which of its operations a request is for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the services that the sandbox plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    /// Conekta, API version 2.3.0.
    Conekta,
    /// Mercado Pago, Payments API.
    MercadoPago,
    /// Telegram's bot API (only what notices need).
    Telegram,
}

impl Gateway {
    /// The name used in the ledger and on the control port.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conekta => "conekta",
            Self::MercadoPago => "mercado_pago",
            Self::Telegram => "telegram",
        }
    }
}

impl fmt::Display for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kind of operation, used by counters and to aim faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Conekta `POST /orders`.
    CreateOrder,
    /// Conekta `GET /orders/{id}`.
    ReadOrder,
    /// Conekta `GET /orders`.
    SearchOrders,
    /// Conekta `POST /orders/{id}/charges`.
    CreateCharge,
    /// Conekta `POST /orders/{id}/add_charges`.
    AddCharges,
    /// Conekta `POST /orders/{id}/refunds`.
    RefundOrder,
    /// Conekta `DELETE /orders/{id}/refunds/{refund}`.
    CancelRefund,
    /// Conekta `POST /orders/{id}/cancel`.
    CancelOrder,
    /// Conekta `POST /orders/{id}/capture`.
    CaptureOrder,
    /// Conekta `GET /charges`.
    ListCharges,
    /// Conekta `POST /tokens`.
    CreateToken,
    /// Conekta `/webhook_keys`.
    WebhookKeys,
    /// Conekta `/webhooks`.
    Webhooks,
    /// Conekta `/events`.
    Events,
    /// Mercado Pago `POST /v1/payments`.
    CreatePayment,
    /// Mercado Pago `GET /v1/payments/{id}`.
    ReadPayment,
    /// Mercado Pago `GET /v1/payments/search`.
    SearchPayments,
    /// Mercado Pago `PUT /v1/payments/{id}` (cancel, capture, extend).
    UpdatePayment,
    /// Mercado Pago `POST /v1/payments/{id}/refunds`.
    RefundPayment,
    /// Mercado Pago `GET /v1/payments/{id}/refunds` and `.../refunds/{refund}`.
    ReadRefunds,
    /// Mercado Pago `GET /users/me`.
    UsersMe,
    /// Mercado Pago `GET /v1/payment_methods`.
    PaymentMethods,
    /// Mercado Pago `POST /v1/card_tokens`.
    CreateCardToken,
    /// Telegram `sendMessage`.
    SendMessage,
    /// Telegram `getMe`.
    GetMe,
    /// A path that the sandbox does not know.
    Unknown,
}
