//! A key's record.

use application::platform::api_keys::IssuedKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::time::iso;

/// Lo que se sabe de una llave nueva.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssuedKeyView {
    /// Identificador de la llave.
    #[schema(example = "key_0f3a9c1e77b2d845")]
    key_id: String,
    /// Cuándo se emitió (UTC).
    issued_at: String,
    /// Cuándo expira (UTC).
    expires_at: String,
    /// Siempre `router_api_key`.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&IssuedKey> for IssuedKeyView {
    fn from(issued: &IssuedKey) -> Self {
        Self {
            key_id: issued.record.id.as_str().to_owned(),
            issued_at: iso(issued.record.issued_at),
            expires_at: iso(issued.record.expires_at),
            kind: "router_api_key",
        }
    }
}
