//! What was learnt about routers, so that it need not be asked again.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ids::RouterId;
use ports::hotspot::RouterAccess;

/// Routers remembered at most; beyond it everything is forgotten and learnt again.
const CAPACITY: usize = 65_536;

/// Routers that refuse `/ip/hotspot/cookie/add`, at a version of their settings.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    without_cookies: Mutex<HashSet<(RouterId, i64)>>,
}

impl Memory {
    pub(crate) fn refuses_cookies(&self, router: &RouterAccess) -> bool {
        let key = (router.router_id.clone(), router.version);
        self.lock().contains(&key)
    }

    pub(crate) fn note_refused_cookie(&self, router: &RouterAccess) {
        let mut known = self.lock();
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert((router.router_id.clone(), router.version));
    }

    /// Entries are put in whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashSet<(RouterId, i64)>> {
        self.without_cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
