//! Encryption keys of what is stored: which are needed, and re-encryption with the writing key.

use domain::secret::Sealed;
use ports::security::SecretContext;
use ports::store::Scope;
use ports::store::maintenance::{SealedPosition, SealedRow};

use crate::app::App;
use crate::error::Failure;

/// Rows looked at per transaction.
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

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rotation {
    /// Secrets encrypted again with the writing key.
    pub resealed: usize,
    /// Secrets that could not be opened; left as they are.
    pub unreadable: usize,
}

/// Encrypts every stored secret again with the writing key, walking each table by its key in
/// short transactions. Safe to repeat, to interrupt and to run beside a serving server; a second
/// run only writes what the first one has not reached.
///
/// # Errors
/// [`Failure`]; what was committed stays.
pub async fn rotate(app: &App) -> Result<Rotation, Failure> {
    let key_id = app.ports.secrets.writing_key_id();
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    work.maintenance().begin_key_retirement(&key_id).await?;
    work.commit().await?;
    let mut total = Rotation::default();
    let mut position = Some(SealedPosition::default());
    while let Some(after) = position {
        position = rotate_page(app, &key_id, &after, &mut total).await?;
    }
    if total.unreadable == 0 {
        let mut work = app.ports.store.begin(Scope::Platform).await?;
        work.maintenance().end_key_retirement().await?;
        work.commit().await?;
    }
    Ok(total)
}

async fn rotate_page(
    app: &App,
    key_id: &str,
    after: &SealedPosition,
    total: &mut Rotation,
) -> Result<Option<SealedPosition>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let page = work
        .maintenance()
        .list_sealed_otherwise(key_id, after, BATCH)
        .await?;
    let mut done = *total;
    for row in page.rows {
        match reseal(app, &row) {
            Some(sealed) => {
                if work.maintenance().replace_sealed(&row, &sealed).await? {
                    done.resealed += 1;
                }
            }
            None => done.unreadable += 1,
        }
    }
    work.commit().await?;
    *total = done;
    Ok(page.next)
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
