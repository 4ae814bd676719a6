//! Our marks in a payment's metadata. Both gateways keep snake-cased keys and short texts.

use std::collections::BTreeMap;

use domain::gateway::PaymentMark;
use domain::ids::{AttemptId, PurchaseId, RouterId, TenantId};
use ports::payments::ChargeRequest;
use serde::Deserialize;
use uuid::Uuid;

use crate::tolerant;

/// Metadata for a new payment. No personal data.
pub(crate) fn metadata(request: &ChargeRequest) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("installation", request.mark.installation.clone()),
        ("empresa_id", request.mark.tenant.to_string()),
        ("router_id", request.mark.router.to_string()),
        ("compra", request.mark.purchase.to_string()),
        ("intento", request.mark.attempt.to_string()),
        ("producto_id", request.product_id.to_string()),
        ("referencia", request.reference.clone()),
    ])
}

/// Metadata as it comes back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    #[serde(deserialize_with = "tolerant::field")]
    installation: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    empresa_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    router_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    compra: Option<i64>,
    #[serde(deserialize_with = "tolerant::field")]
    intento: Option<String>,
    /// Our reference.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) referencia: Option<String>,
}

impl Metadata {
    /// Our mark, if it is there whole.
    pub(crate) fn mark(&self) -> Option<PaymentMark> {
        Some(PaymentMark {
            installation: self.installation.clone()?,
            tenant: TenantId::parse(self.empresa_id.as_deref()?).ok()?,
            router: RouterId::parse(self.router_id.as_deref()?).ok()?,
            purchase: PurchaseId::new(self.compra?),
            attempt: AttemptId::from_uuid(Uuid::parse_str(self.intento.as_deref()?).ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_mark_is_none() {
        let whole = r#"{"installation":"i","empresa_id":"EMP_1","router_id":"RTR_1","compra":"7",
            "intento":"00000000-0000-4000-8000-000000000000"}"#;
        let read: Metadata = serde_json::from_str(whole).unwrap();
        assert_eq!(read.mark().map(|mark| mark.purchase.get()), Some(7));
        for missing in [
            "installation",
            "empresa_id",
            "router_id",
            "compra",
            "intento",
        ] {
            let read: Metadata = serde_json::from_str(&whole.replace(missing, "other")).unwrap();
            assert_eq!(read.mark(), None, "{missing}");
        }
    }
}
