//! Key rotation and the installation's own id.

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::secret::Sealed;

use crate::store::error::StoreError;

/// A sealed secret somewhere in the database, named by the context it was sealed in:
///
/// | table | column | row |
/// |---|---|---|
/// | `empresas` | `conekta_private_key`, `mercado_pago_access_token`, `mercado_pago_webhook_secret`, `telegram_bot_token` | tenant id |
/// | `routers` | `password_encrypted` | router id |
/// | `transacciones` | `password_hotspot` | attempt id |
/// | `bandeja_webhooks` | `cuerpo` | hex hash of the body |
///
/// Earlier versions of gateway credentials hold the same ciphertexts as `empresas` held then, so
/// they open in the context of `empresas`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Owner.
    pub tenant_id: TenantId,
    /// Key of the row, as in the secret's context.
    pub row: String,
    /// The ciphertext.
    pub sealed: Sealed,
}

/// Key rotation and the installation's own id.
#[async_trait]
pub trait MaintenanceRepository: Send {
    /// The random id made by the first migration.
    async fn installation_id(&mut self) -> Result<String, StoreError>;

    /// Ids of all encryption keys that sealed something stored (the text before the first `:` of
    /// each ciphertext).
    async fn sealed_key_ids(&mut self) -> Result<Vec<String>, StoreError>;

    /// Up to `limit` secrets that were sealed with another key than this one, in no particular
    /// order.
    async fn list_sealed_otherwise(
        &mut self,
        key_id: &str,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError>;

    /// Replaces a secret wherever this ciphertext stands (present and earlier versions alike);
    /// `false` if it stands nowhere any more.
    async fn replace_sealed(&mut self, row: &SealedRow, new: &Sealed) -> Result<bool, StoreError>;
}
