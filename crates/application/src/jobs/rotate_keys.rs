//! Encryption keys of what is stored: which are needed, and sealing anew with the present one.

use domain::secret::Sealed;
use ports::security::SecretContext;
use ports::store::Scope;
use ports::store::maintenance::SealedRow;

use crate::app::App;
use crate::error::Failure;

/// Secrets sealed anew per transaction.
const BATCH: i64 = 200;

/// Ids of keys that sealed something stored and are not configured, sorted.
///
/// # Errors
/// [`Failure`].
pub async fn missing_keys(app: &App) -> Result<Vec<String>, Failure> {
    let mut used = app
        .read(Scope::Platform, async |uow| {
            uow.maintenance().sealed_key_ids().await
        })
        .await?;
    let known = app.ports.secrets.reading_key_ids();
    used.retain(|id| !known.contains(id));
    used.sort();
    used.dedup();
    Ok(used)
}

/// What one batch brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RotatedBatch {
    /// Secrets sealed anew.
    pub resealed: usize,
    /// Secrets that could not be opened; left as they are.
    pub unreadable: usize,
}

/// Seals a batch of secrets anew with the writing key. Finished when nothing is resealed; safe
/// to repeat and to run beside a serving server.
///
/// # Errors
/// [`Failure`].
pub async fn rotate_batch(app: &App) -> Result<RotatedBatch, Failure> {
    let secrets = app.ports.secrets.as_ref();
    let result = app
        .write(Scope::Platform, async |uow| {
            let rows = uow
                .maintenance()
                .list_sealed_otherwise(&secrets.writing_key_id(), BATCH)
                .await?;
            let mut result = RotatedBatch::default();
            for row in rows {
                match reseal(app, &row) {
                    Some(sealed) => {
                        if uow.maintenance().replace_sealed(&row, &sealed).await? {
                            result.resealed += 1;
                        }
                    }
                    None => result.unreadable += 1,
                }
            }
            Ok::<_, Failure>(result)
        })
        .await?;
    Ok(result)
}

fn reseal(app: &App, row: &SealedRow) -> Option<Sealed> {
    let context = SecretContext {
        table: row.table,
        column: row.column,
        tenant_id: row.tenant_id.clone(),
        row: row.row.clone(),
    };
    let secret = app.ports.secrets.open(&context, &row.sealed).ok()?;
    Some(app.ports.secrets.seal(&context, &secret))
}
