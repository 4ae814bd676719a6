//! How a purchase is paid, and what a customer has to do before a payment can succeed. Who
//! processes the payment is the gateway's kind and stands apart.

use crate::secret::Secret;

/// How a purchase is paid, with what only that method needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentMethod {
    /// A card, by a token that the gateway's script made in the customer's browser.
    Card(CardPayment),
}

impl PaymentMethod {
    /// The single-use token of the payment, for methods that have one. A token belongs to one
    /// purchase, whatever idempotency key comes with it.
    #[must_use]
    pub const fn token(&self) -> Option<&Secret> {
        match self {
            Self::Card(card) => Some(&card.token),
        }
    }

    /// What makes two requests the same payment, beside gateway, product and customer. Parts of
    /// requests that were stored earlier keep their order and spelling.
    #[must_use]
    pub fn identity(&self) -> [String; 3] {
        match self {
            Self::Card(card) => [
                card.token.expose().to_owned(),
                card.brand.clone().unwrap_or_default(),
                card.installments.to_string(),
            ],
        }
    }
}

/// A payment by card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPayment {
    /// Single-use token. Never stored, never logged.
    pub token: Secret,
    /// Instalments, at least 1.
    pub installments: u32,
    /// Card brand (`visa`, `master`), where the gateway asks for it.
    pub brand: Option<String>,
    /// Issuing bank, where the gateway asks for it.
    pub issuer: Option<String>,
    /// Fingerprint of the browser, where the gateway's script made one.
    pub device_session_id: Option<String>,
}

impl CardPayment {
    /// One instalment with this token, and nothing that only some gateways ask for.
    #[must_use]
    pub const fn with_token(token: Secret) -> Self {
        Self {
            token,
            installments: 1,
            brand: None,
            issuer: None,
            device_session_id: None,
        }
    }
}

/// What the customer has to do before a pending payment can succeed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NextAction {
    /// Pass a challenge of the card's bank at this address (3-D Secure). Always `https`.
    PassChallenge {
        /// Where the challenge is.
        url: String,
    },
}

impl NextAction {
    /// The address where the customer has to go, for actions that are done on a page.
    #[must_use]
    pub const fn url(&self) -> Option<&String> {
        match self {
            Self::PassChallenge { url } => Some(url),
        }
    }
}
