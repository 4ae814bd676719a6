//! Gateways, their operations, and merchant accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ring::digest;
use serde::{Deserialize, Serialize};

/// One of the services that the sandbox plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    /// Conekta, API version 2.3.0.
    Conekta,
    /// Mercado Pago, Payments API.
    MercadoPago,
    /// Telegram's bot API (only what notifications need).
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

/// A short mark for a secret: eight digits of its hash and its last four characters.
pub(crate) fn mark(secret: &str) -> String {
    let hash = digest::digest(&digest::SHA256, secret.as_bytes());
    let hash = hex::encode(hash.as_ref().get(..6).unwrap_or_default());
    let tail: String = secret.chars().rev().take(4).collect();
    let tail: String = tail.chars().rev().collect();
    // A short secret is not shown even in part.
    if secret.chars().count() < 12 {
        hash
    } else {
        format!("{hash}-{tail}")
    }
}

/// A number derived from a secret, for ids that belong to an account.
pub(crate) fn number_of(secret: &str) -> i64 {
    let hash = digest::digest(&digest::SHA256, secret.as_bytes());
    let folded = hash
        .as_ref()
        .iter()
        .take(6)
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    i64::try_from(folded % 900_000_000 + 100_000_000).unwrap_or(100_000_000)
}

/// Which keys are revoked and which share one merchant account.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    revoked: BTreeSet<(Gateway, String)>,
    joined: BTreeMap<(Gateway, String), String>,
}

impl Accounts {
    /// The account that a key opens; `None` when the key was revoked, or says itself that it is
    /// `invalid`.
    pub(crate) fn open(&self, gateway: Gateway, key: &str) -> Option<String> {
        if key.contains("invalid") {
            return None;
        }
        let own = (gateway, mark(key));
        if self.revoked.contains(&own) {
            return None;
        }
        Some(self.joined.get(&own).cloned().unwrap_or(own.1))
    }

    /// Refuses the key from now on (401).
    pub(crate) fn revoke(&mut self, gateway: Gateway, key: &str) {
        self.revoked.insert((gateway, mark(key)));
    }

    /// Makes `key` open the same account as `existing` (a merchant's second key).
    pub(crate) fn join(&mut self, gateway: Gateway, key: &str, existing: &str) {
        let account = mark(existing);
        let account = self
            .joined
            .get(&(gateway, account.clone()))
            .cloned()
            .unwrap_or(account);
        self.joined.insert((gateway, mark(key)), account);
    }
}

/// A key or secret; its `Debug` form says nothing about it, and it is never serialised.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_never_holds_the_secret_but_tells_secrets_apart() {
        let mark_one = mark("key_live_abcdefgh1234");
        assert!(mark_one.ends_with("-1234") && !mark_one.contains("abcdefgh"));
        assert_ne!(mark_one, mark("key_live_abcdefgi1234"));
        assert!(!mark("key_x1234").contains("1234"));
    }

    #[test]
    fn a_joined_key_opens_the_first_account_and_a_revoked_one_none() {
        let mut accounts = Accounts::default();
        accounts.join(Gateway::Conekta, "key_second_0002", "key_first_0001");
        assert_eq!(
            accounts.open(Gateway::Conekta, "key_second_0002"),
            accounts.open(Gateway::Conekta, "key_first_0001")
        );
        accounts.revoke(Gateway::Conekta, "key_first_0001");
        assert_eq!(accounts.open(Gateway::Conekta, "key_first_0001"), None);
        assert!(
            accounts
                .open(Gateway::MercadoPago, "key_first_0001")
                .is_some()
        );
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::from("key_live_1")), "Secret(..)");
    }
}
