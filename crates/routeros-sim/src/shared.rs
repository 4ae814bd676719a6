//! What all connections of one simulator share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use crate::counters::Tally;
use crate::fault::armed::Faults;
use crate::router::Router;
use crate::sync::lock;
use crate::transcript::Transcript;

/// The router, what is wrong with it, and what was asked of it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) router: Mutex<Router>,
    pub(crate) faults: Faults,
    pub(crate) tally: Tally,
    pub(crate) transcript: Transcript,
    /// Ends everything.
    pub(crate) root: CancellationToken,
    /// What ends or freezes the connections of the time between two power cuts.
    power: Mutex<Power>,
    connections: AtomicU64,
}

/// Ends or freezes connections.
#[derive(Clone, Debug)]
pub(crate) struct Power {
    /// Closes them.
    pub(crate) kill: CancellationToken,
    /// Makes them fall silent, still open.
    pub(crate) freeze: CancellationToken,
}

impl Shared {
    pub(crate) fn new(router: Router, transcript: bool) -> Self {
        let root = CancellationToken::new();
        Self {
            router: Mutex::new(router),
            faults: Faults::default(),
            tally: Tally::default(),
            transcript: Transcript::new(transcript),
            power: Mutex::new(Power::below(&root)),
            root,
            connections: AtomicU64::new(0),
        }
    }

    /// The power that a new connection hangs on.
    pub(crate) fn power(&self) -> Power {
        lock(&self.power).clone()
    }

    /// Closes all connections.
    pub(crate) fn kill_connections(&self) {
        let old = std::mem::replace(&mut *lock(&self.power), Power::below(&self.root));
        old.kill.cancel();
    }

    /// Makes all connections fall silent until they are closed.
    pub(crate) fn freeze_connections(&self) {
        lock(&self.power).freeze.cancel();
    }

    /// A number for a new connection.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Power {
    fn below(root: &CancellationToken) -> Self {
        Self {
            kill: root.child_token(),
            freeze: CancellationToken::new(),
        }
    }
}
