//! The faults that are armed, and whom they hit.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::fault::{Direction, Fault, FaultKind};
use crate::settings::Denial;
use crate::sync::lock;

/// Names an armed fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FaultId(pub u64);

/// A fault and what became of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FaultState {
    /// Its name.
    pub id: FaultId,
    /// The fault.
    pub fault: Fault,
    /// How often it happened.
    pub hits: u32,
    /// Commands that it holds now.
    pub holding: usize,
    /// Whether it can happen again.
    pub armed: bool,
}

/// A fault that hit a command.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) kind: FaultKind,
    release: CancellationToken,
    holding: watch::Sender<usize>,
}

impl Hit {
    /// Waits for the release of a hold.
    pub(crate) async fn held(&self) {
        self.holding.send_modify(|count| *count += 1);
        let _counted = Counted(&self.holding);
        self.release.cancelled().await;
    }
}

/// Counts a held command down, also when it stops waiting early.
struct Counted<'a>(&'a watch::Sender<usize>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[derive(Debug)]
struct Armed {
    id: FaultId,
    fault: Fault,
    seen: u32,
    hits: u32,
    release: CancellationToken,
    holding: watch::Sender<usize>,
    /// Bytes counted per connection, for cuts.
    counted: HashMap<u64, u64>,
}

impl Armed {
    fn is_live(&self) -> bool {
        self.fault.times.is_none_or(|times| self.hits < times)
    }

    /// Counts a match; whether it happens.
    fn strike(&mut self) -> bool {
        if !self.is_live() {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen <= self.fault.skip {
            return false;
        }
        self.hits = self.hits.saturating_add(1);
        true
    }

    /// Bytes left on a connection before this cuts it.
    fn room(&self, connection: u64, direction: Direction) -> Option<u64> {
        match self.fault.kind {
            FaultKind::CloseAfter {
                direction: counted,
                bytes,
            } if self.is_live() && (counted == Direction::Either || counted == direction) => {
                let used = self.counted.get(&connection).copied().unwrap_or(0);
                Some(bytes.saturating_sub(used))
            }
            _ => None,
        }
    }
}

/// All faults of a simulator.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Mutex<Vec<Armed>>,
    next: Mutex<u64>,
    /// Whether bytes need counting: spares every connection the lock.
    cuts: AtomicBool,
}

impl Faults {
    /// Arms a fault.
    pub(crate) fn arm(&self, fault: Fault) -> FaultId {
        let id = {
            let mut next = lock(&self.next);
            *next = next.saturating_add(1);
            FaultId(*next)
        };
        if matches!(fault.kind, FaultKind::CloseAfter { .. }) {
            self.cuts.store(true, Ordering::Release);
        }
        lock(&self.armed).push(Armed {
            id,
            fault,
            seen: 0,
            hits: 0,
            release: CancellationToken::new(),
            holding: watch::Sender::new(0),
            counted: HashMap::new(),
        });
        id
    }

    /// What became of the faults.
    pub(crate) fn list(&self) -> Vec<FaultState> {
        lock(&self.armed)
            .iter()
            .map(|armed| FaultState {
                id: armed.id,
                fault: armed.fault.clone(),
                hits: armed.hits,
                holding: *armed.holding.borrow(),
                armed: armed.is_live(),
            })
            .collect()
    }

    /// Lets go what a fault holds, now and later. Whether there is such a fault.
    pub(crate) fn release(&self, id: FaultId) -> bool {
        let armed = lock(&self.armed);
        let found = armed.iter().find(|armed| armed.id == id);
        if let Some(armed) = found {
            armed.release.cancel();
        }
        found.is_some()
    }

    /// Forgets one fault, letting go what it holds. Whether there was one.
    pub(crate) fn clear(&self, id: FaultId) -> bool {
        let mut armed = lock(&self.armed);
        let before = armed.len();
        armed.retain(|armed| {
            if armed.id == id {
                armed.release.cancel();
            }
            armed.id != id
        });
        armed.len() < before
    }

    /// Forgets all faults, letting go what they hold.
    pub(crate) fn clear_all(&self) {
        for armed in lock(&self.armed).drain(..) {
            armed.release.cancel();
        }
        self.cuts.store(false, Ordering::Release);
    }

    /// Follows how many commands a fault holds.
    pub(crate) fn holding(&self, id: FaultId) -> Option<watch::Receiver<usize>> {
        lock(&self.armed)
            .iter()
            .find(|armed| armed.id == id)
            .map(|armed| armed.holding.subscribe())
    }

    /// The faults that hit a command, in the order they were armed.
    pub(crate) fn strike(&self, path: &str) -> Vec<Hit> {
        lock(&self.armed)
            .iter_mut()
            .filter(|armed| armed.fault.fits(path))
            .filter(|armed| match armed.fault.kind {
                FaultKind::CloseAfter { .. } | FaultKind::Deny(_) => false,
                FaultKind::RefuseLogin => path == "/login",
                _ => true,
            })
            .filter_map(|armed| {
                armed.strike().then(|| Hit {
                    kind: armed.fault.kind.clone(),
                    release: armed.release.clone(),
                    holding: armed.holding.clone(),
                })
            })
            .collect()
    }

    /// Whether and how a new connection is turned away.
    pub(crate) fn deny(&self) -> Option<Denial> {
        lock(&self.armed).iter_mut().find_map(|armed| {
            let FaultKind::Deny(denial) = armed.fault.kind else {
                return None;
            };
            armed.strike().then_some(denial)
        })
    }

    /// How many of `wanted` bytes may pass before a cut.
    pub(crate) fn room(&self, connection: u64, direction: Direction, wanted: usize) -> usize {
        if !self.cuts.load(Ordering::Acquire) {
            return wanted;
        }
        lock(&self.armed)
            .iter()
            .filter_map(|armed| armed.room(connection, direction))
            .filter_map(|room| usize::try_from(room).ok())
            .min()
            .map_or(wanted, |room| room.min(wanted))
    }

    /// Counts bytes that passed. Whether that cuts the connection.
    pub(crate) fn count(&self, connection: u64, direction: Direction, bytes: usize) -> bool {
        if !self.cuts.load(Ordering::Acquire) {
            return false;
        }
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut cut = false;
        for armed in lock(&self.armed).iter_mut() {
            let Some(room) = armed.room(connection, direction) else {
                continue;
            };
            let used = armed.counted.entry(connection).or_insert(0);
            *used = used.saturating_add(bytes);
            if bytes >= room {
                armed.hits = armed.hits.saturating_add(1);
                armed.counted.remove(&connection);
                cut = true;
            }
        }
        cut
    }
}
