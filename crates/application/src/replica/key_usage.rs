//! Counting the uses of API keys in batches: one write every few seconds instead of one for
//! every request on the same hot row.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::ids::ApiKeyId;
use domain::time::Timestamp;
use ports::store::api_keys::KeyUse;

/// Uses that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct KeyUsage(Mutex<BTreeMap<ApiKeyId, (i64, Timestamp)>>);

impl KeyUsage {
    pub(crate) fn note(&self, key: &ApiKeyId, now: Timestamp) {
        self.add(key.clone(), 1, now);
    }

    pub(crate) fn add(&self, key: ApiKeyId, count: i64, at: Timestamp) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = uses.entry(key).or_insert((0, at));
        entry.0 = entry.0.saturating_add(count);
        entry.1 = entry.1.max(at);
    }

    pub(crate) fn take(&self) -> Vec<KeyUse> {
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
