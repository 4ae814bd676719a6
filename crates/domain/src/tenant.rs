//! A tenant: one WiFi operator with its own routers, products and gateway accounts.

use crate::contact::Email;
use crate::gateway::{ByGateway, GatewayKind, GatewayMode};
use crate::ids::TenantId;
use crate::notification::ChannelKind;
use crate::secret::Sealed;
use crate::time::Timestamp;

/// What a tenant has configured for one gateway. Every change makes a new version; a purchase is
/// read, refunded and audited with the version that it was charged with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewaySettings {
    /// The gateway.
    pub kind: GatewayKind,
    /// Version of the credentials; 0 while nothing was ever set.
    pub version: i64,
    /// Conekta's private key or Mercado Pago's access token.
    pub secret: Option<Sealed>,
    /// The key for the portal page; public by design.
    pub public_key: Option<String>,
    /// Test or live.
    pub mode: GatewayMode,
    /// Mercado Pago: the secret that signs events.
    pub webhook_secret: Option<Sealed>,
    /// Conekta: PEM public keys that sign events; up to three for rotation.
    pub webhook_public_keys: Vec<String>,
    /// Mercado Pago: the account's own id, learned when the token is set.
    pub collector: Option<String>,
}

impl GatewaySettings {
    /// Nothing configured yet.
    #[must_use]
    pub const fn unset(kind: GatewayKind) -> Self {
        Self {
            kind,
            version: 0,
            secret: None,
            public_key: None,
            mode: GatewayMode::Test,
            webhook_secret: None,
            webhook_public_keys: Vec::new(),
            collector: None,
        }
    }
}

/// Where Telegram notifications to the operator go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TelegramSettings {
    /// The bot's token.
    pub bot_token: Option<Sealed>,
    /// The chat.
    pub chat_id: Option<String>,
    /// Whether the operator wants notifications there.
    pub is_enabled: bool,
}

/// A WiFi operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Identifier (`EMP_…`).
    pub id: TenantId,
    /// Display name.
    pub name: String,
    /// Contact address; old databases may lack it.
    pub contact_email: Option<Email>,
    /// Contact phone, at most 20 characters.
    pub contact_phone: Option<String>,
    /// Path of the logo, if one was uploaded.
    pub logo_url: Option<String>,
    /// Switched-off tenants sell nothing and their administrators cannot work.
    pub is_active: bool,
    /// When the tenant was created.
    pub created_at: Timestamp,
    /// The account at each gateway.
    pub gateways: ByGateway<GatewaySettings>,
    /// Telegram notifications.
    pub telegram: TelegramSettings,
}

impl Tenant {
    /// The channels over which the operator is to be notified.
    #[must_use]
    pub fn channels(&self) -> Vec<ChannelKind> {
        let telegram = &self.telegram;
        let has_telegram =
            telegram.is_enabled && telegram.bot_token.is_some() && telegram.chat_id.is_some();
        ChannelKind::ALL
            .into_iter()
            .filter(|kind| match kind {
                ChannelKind::Telegram => has_telegram,
            })
            .collect()
    }

    /// An active tenant with nothing configured.
    #[must_use]
    pub fn new(id: TenantId, name: String, created_at: Timestamp) -> Self {
        Self {
            id,
            name,
            contact_email: None,
            contact_phone: None,
            logo_url: None,
            is_active: true,
            created_at,
            gateways: ByGateway::new(GatewaySettings::unset),
            telegram: TelegramSettings {
                bot_token: None,
                chat_id: None,
                is_enabled: false,
            },
        }
    }

    /// The gateways that the tenant has an account at.
    #[must_use]
    pub fn configured_gateways(&self) -> Vec<GatewayKind> {
        let is_configured = |kind: &GatewayKind| self.gateway(*kind).secret.is_some();
        GatewayKind::ALL.into_iter().filter(is_configured).collect()
    }

    /// The settings of one gateway.
    #[must_use]
    pub const fn gateway(&self, kind: GatewayKind) -> &GatewaySettings {
        self.gateways.get(kind)
    }

    /// The settings of one gateway, to be changed.
    #[must_use]
    pub const fn gateway_mut(&mut self, kind: GatewayKind) -> &mut GatewaySettings {
        self.gateways.get_mut(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_counts_once_it_is_complete_and_switched_on() {
        let id = TenantId::from_random([1; 5]);
        let mut tenant = Tenant::new(id, "Café".to_owned(), Timestamp::from_unix_seconds(0));
        assert_eq!(tenant.channels(), []);
        tenant.telegram = TelegramSettings {
            bot_token: Some(Sealed::from_stored("k1:token")),
            chat_id: Some("-100".to_owned()),
            is_enabled: true,
        };
        assert_eq!(tenant.channels(), [ChannelKind::Telegram]);
        let complete = tenant.telegram.clone();
        for incomplete in [
            TelegramSettings {
                bot_token: None,
                ..complete.clone()
            },
            TelegramSettings {
                chat_id: None,
                ..complete.clone()
            },
            TelegramSettings {
                is_enabled: false,
                ..complete
            },
        ] {
            tenant.telegram = incomplete;
            assert_eq!(tenant.channels(), []);
        }
    }
}
