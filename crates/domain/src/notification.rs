//! What operators are told, and over what.

use std::fmt;

use crate::credentials::{CredentialKind, HotspotName};
use crate::gateway::DeclineReason;
use crate::money::Money;
use crate::secret::Secret;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// A sale was paid.
    SaleApproved,
    /// A card was declined.
    SaleDeclined,
    /// A paid customer could not get access yet; a worker goes on trying.
    AccessDelayed,
    /// A sale was refunded.
    SaleRefunded,
    /// A bank took the money back.
    SaleChargedBack,
    /// The gateway refused our credentials or request: check the settings.
    GatewayMisconfigured,
    /// A payment does not match its sale; the money goes back.
    PaymentMismatch,
    /// A person must look at a sale.
    NeedsDecision,
    /// A router does not answer any more.
    RouterDown,
    /// A router answers again.
    RouterBack,
    /// Nothing happened: an operator tries a channel out. Never stored.
    ChannelTest,
}

impl NotificationKind {
    const NAMES: [(Self, &'static str); 11] = [
        (Self::SaleApproved, "sale_approved"),
        (Self::SaleDeclined, "sale_declined"),
        (Self::AccessDelayed, "access_delayed"),
        (Self::SaleRefunded, "sale_refunded"),
        (Self::SaleChargedBack, "sale_charged_back"),
        (Self::GatewayMisconfigured, "gateway_misconfigured"),
        (Self::PaymentMismatch, "payment_mismatch"),
        (Self::NeedsDecision, "needs_decision"),
        (Self::RouterDown, "router_down"),
        (Self::RouterBack, "router_back"),
        (Self::ChannelTest, "channel_test"),
    ];

    /// The stable name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("needs_decision", |(_, name)| name)
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }
}

/// A way to reach an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelKind {
    /// A chat with the tenant's own Telegram bot.
    Telegram,
}

impl ChannelKind {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Telegram];

    /// The stable name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One message to an operator, as data: words and format are the channel's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What it is about.
    pub kind: NotificationKind,
    /// Display name of the operator's company.
    pub tenant_name: String,
    /// The sale concerned, where there is one.
    pub sale: Option<SaleSummary>,
    /// Names of the routers that are down now, where the notification is about routers.
    pub routers_down: Vec<String>,
}

/// What an operator is told of a sale. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SaleSummary {
    /// The product's name.
    pub sale_name: String,
    /// Its price.
    pub amount: Money,
    /// The customer's name as typed.
    pub customer_name: String,
    /// The gateway's id of the sale, once there is one.
    pub transaction_id: Option<String>,
    /// Why the card was declined, if it was.
    pub decline: Option<DeclineReason>,
    /// What was sold, while the sale is paid.
    pub credentials: Option<SoldCredentials>,
}

impl fmt::Debug for SaleSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaleSummary(..)")
    }
}

/// A sold hotspot login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldCredentials {
    /// PIN, or user and password.
    pub kind: CredentialKind,
    /// The user name, which of a PIN is all.
    pub name: HotspotName,
    /// The password; empty for a PIN.
    pub password: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for (kind, name) in NotificationKind::NAMES {
            assert_eq!(kind.as_str(), name);
            assert_eq!(NotificationKind::from_str_name(name), Some(kind));
        }
        for kind in ChannelKind::ALL {
            assert_eq!(ChannelKind::from_str_name(kind.as_str()), Some(kind));
        }
        assert_eq!(NotificationKind::from_str_name("new one"), None);
        assert_eq!(ChannelKind::from_str_name("new one"), None);
    }
}
