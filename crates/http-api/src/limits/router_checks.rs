//! Recent results of router checks, so that a portal that asks often costs its router little.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use application::portal::reconnect::RouterCheck;
use domain::ids::ApiKeyId;
use domain::time::Timestamp;

/// How long the result of a check is the answer to the next ones. Every phone that opens the portal
/// asks, and every check is a log-in on the router, which has few sessions and a slow CPU.
const REMEMBERED: Duration = Duration::from_secs(5);
/// Keys whose results are remembered.
const CAPACITY: usize = 10_000;

/// Recent results, by key.
#[derive(Default)]
pub(crate) struct RecentChecks(Mutex<HashMap<ApiKeyId, (Timestamp, RouterCheck)>>);

impl RecentChecks {
    /// A result that is recent enough. One that has just become too old is given out once more to
    /// whoever asks while a new one is being made.
    pub(crate) fn get(&self, key: &ApiKeyId, now: Timestamp) -> Option<RouterCheck> {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, result) = results.get_mut(key)?;
        if now.since(*at) <= REMEMBERED {
            return Some(result.clone());
        }
        *at = now;
        None
    }

    pub(crate) fn put(&self, key: &ApiKeyId, now: Timestamp, result: RouterCheck) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if results.len() >= CAPACITY {
            results.clear();
        }
        results.insert(key.clone(), (now, result));
    }
}
