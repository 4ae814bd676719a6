//! Where notices go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::mark;
use crate::gateway::Gateway;
use crate::secret::Secret;

/// Addresses for merchants that have no address of their own, as set in the services' panels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookTargets {
    /// Where Conekta's notices go.
    pub conekta: Option<String>,
    /// Where Mercado Pago's notices go, unless a payment names its own address.
    pub mercado_pago: Option<String>,
    /// Secret with which Mercado Pago's notices are signed; none: they are not signed.
    #[serde(skip_serializing)]
    pub secret: Option<Secret>,
}

/// The address of one merchant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantTarget {
    /// At which service.
    pub gateway: Gateway,
    /// The merchant's secret key (Mercado Pago: access token).
    pub key: Secret,
    /// Where its notices go.
    pub url: Option<String>,
    /// Secret with which they are signed (Mercado Pago).
    pub secret: Option<Secret>,
}

/// All addresses.
#[derive(Debug, Default)]
pub(crate) struct TargetBook {
    pub(crate) general: WebhookTargets,
    own: BTreeMap<(Gateway, String), MerchantTarget>,
}

impl TargetBook {
    pub(crate) fn new(general: WebhookTargets) -> Self {
        Self {
            general,
            own: BTreeMap::new(),
        }
    }

    pub(crate) fn set(&mut self, target: MerchantTarget) {
        self.own
            .insert((target.gateway, mark(target.key.expose())), target);
    }

    /// Where an account's notices go.
    pub(crate) fn url(&self, gateway: Gateway, account: &str) -> Option<String> {
        let general = match gateway {
            Gateway::Conekta => &self.general.conekta,
            Gateway::MercadoPago => &self.general.mercado_pago,
            Gateway::Telegram => &None,
        };
        self.own(gateway, account)
            .and_then(|own| own.url.clone())
            .or_else(|| general.clone())
    }

    /// What an account's notices are signed with.
    pub(crate) fn secret(&self, gateway: Gateway, account: &str) -> Option<Secret> {
        let own = self
            .own(gateway, account)
            .and_then(|own| own.secret.clone());
        own.or_else(|| self.general.secret.clone())
    }

    fn own(&self, gateway: Gateway, account: &str) -> Option<&MerchantTarget> {
        self.own.get(&(gateway, account.to_owned()))
    }
}
