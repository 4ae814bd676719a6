//! What all connections share: the state, who waits, and the end of it all.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::gateway::{Endpoint, Gateway};
use crate::state::State;

/// A request that waits to be released.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRequest {
    /// Number by which it can be released.
    pub id: u64,
    /// At which service.
    pub gateway: Gateway,
    /// Which operation.
    pub endpoint: Endpoint,
    /// Whether its work is done already.
    pub after: bool,
}

struct Waiting {
    request: HeldRequest,
    go: oneshot::Sender<()>,
}

/// Shared by all connections, the control side and the library.
pub(crate) struct Hub {
    state: Mutex<State>,
    waiting: Mutex<(u64, BTreeMap<u64, Waiting>)>,
    changes: watch::Sender<u64>,
    pub(crate) stop: CancellationToken,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

impl Hub {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            waiting: Mutex::new((0, BTreeMap::new())),
            changes: watch::Sender::new(0),
            stop: CancellationToken::new(),
        }
    }

    /// The state, locked. Never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who waits for a change that there was one.
    pub(crate) fn changed(&self) {
        self.changes
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Wakes up at each change.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until released, or until the sandbox stops.
    pub(crate) async fn hold(&self, gateway: Gateway, endpoint: Endpoint, after: bool) {
        let released = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.0 += 1;
            let id = waiting.0;
            let (go, released) = oneshot::channel();
            let request = HeldRequest {
                id,
                gateway,
                endpoint,
                after,
            };
            waiting.1.insert(id, Waiting { request, go });
            released
        };
        self.changed();
        // An error means that the sender is gone, which is a release too.
        let _: Result<(), _> = released.await;
    }

    /// The requests that wait.
    pub(crate) fn held(&self) -> Vec<HeldRequest> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.1.values().map(|one| one.request.clone()).collect()
    }

    /// Lets one request, or all, go on. Answers how many.
    pub(crate) fn release(&self, id: Option<u64>) -> usize {
        let gone: Vec<Waiting> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match id {
                Some(id) => waiting.1.remove(&id).into_iter().collect(),
                None => std::mem::take(&mut waiting.1).into_values().collect(),
            }
        };
        let count = gone.len();
        for one in gone {
            // The waiting task may have ended with the sandbox.
            let _: Result<(), ()> = one.go.send(());
        }
        self.changed();
        count
    }
}
