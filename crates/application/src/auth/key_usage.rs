//! Counting the uses of API keys in batches: one write every few seconds instead of one for
//! every request on the same hot row.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::ids::ApiKeyId;
use domain::time::Timestamp;
use ports::store::Scope;
use ports::store::api_keys::KeyUse;

use crate::app::App;
use crate::error::Failure;

/// Uses that are not written yet.
#[derive(Debug, Default)]
pub struct KeyUsage(Mutex<BTreeMap<ApiKeyId, (i64, Timestamp)>>);

impl KeyUsage {
    pub(crate) fn note(&self, key: &ApiKeyId, now: Timestamp) {
        self.add(key.clone(), 1, now);
    }

    fn add(&self, key: ApiKeyId, count: i64, at: Timestamp) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = uses.entry(key).or_insert((0, at));
        entry.0 = entry.0.saturating_add(count);
        entry.1 = entry.1.max(at);
    }

    fn take(&self) -> Vec<KeyUse> {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *uses)
            .into_iter()
            .map(|(id, (count, last_used_at))| KeyUse {
                id,
                count,
                last_used_at,
            })
            .collect()
    }
}

/// Writes the uses counted since the last call; keeps them when the store fails.
///
/// # Errors
/// [`Failure`].
pub async fn flush(app: &App) -> Result<(), Failure> {
    let uses = app.key_usage.take();
    if uses.is_empty() {
        return Ok(());
    }
    let written = write(app, &uses).await;
    if written.is_err() {
        for KeyUse {
            id,
            count,
            last_used_at,
        } in uses
        {
            app.key_usage.add(id, count, last_used_at);
        }
    }
    written
}

async fn write(app: &App, uses: &[KeyUse]) -> Result<(), Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    work.api_keys().record_uses(uses).await?;
    work.commit().await?;
    Ok(())
}
