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
/// | `credenciales_router` | `password_encrypted` | name of the user |
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

/// How far a walk over all sealed secrets has come. [`Default`] is before the first one; other
/// values come from the store and mean something to it alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedPosition {
    /// Number of the place, a column of a table.
    pub place: usize,
    /// The row in it that was seen last; `None` before the first one.
    pub row: Option<String>,
}

/// A step of a walk over all sealed secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedPage {
    /// What was found; empty does not mean that the walk is over.
    pub rows: Vec<SealedRow>,
    /// Where to go on; `None`: that was all.
    pub next: Option<SealedPosition>,
}

/// Key rotation and the installation's own id.
#[async_trait]
pub trait MaintenanceRepository: Send {
    /// The random id made by the first migration.
    async fn installation_id(&mut self) -> Result<String, StoreError>;

    /// Ids of all encryption keys (the text before the first `:` of each ciphertext) that sealed
    /// something stored, raw notice bodies apart: nobody opens those. Remembered when a key is
    /// first used, so that the cost does not grow with what is stored; sorted.
    async fn sealed_key_ids(&mut self) -> Result<Vec<String>, StoreError>;

    /// Marks every remembered key but this one as about to be replaced. It still counts as used;
    /// what is sealed with it after the commit is remembered apart.
    async fn begin_key_retirement(&mut self, keep: &str) -> Result<(), StoreError>;

    /// Forgets the marked keys. To be called after a walk that began after
    /// [`MaintenanceRepository::begin_key_retirement`] was committed and left nothing that they
    /// sealed.
    async fn end_key_retirement(&mut self) -> Result<(), StoreError>;

    /// Looks at the next secrets after this position, at most `limit`, and answers those that were
    /// sealed with another key than this one. A ciphertext that stands in several versions may be
    /// named once for each.
    async fn list_sealed_otherwise(
        &mut self,
        key_id: &str,
        after: &SealedPosition,
        limit: i64,
    ) -> Result<SealedPage, StoreError>;

    /// Replaces a secret wherever this ciphertext stands (present and earlier versions alike);
    /// `false` if it stands nowhere any more.
    async fn replace_sealed(&mut self, row: &SealedRow, new: &Sealed) -> Result<bool, StoreError>;
}
