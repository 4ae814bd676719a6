//! What was asked of the router, counted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;
use tokio::sync::watch;

use crate::sync::lock;

/// Counts since the start, or since they were last set to zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Connections accepted, those turned away included.
    pub connections: u64,
    /// Connections open now. Not set to zero.
    pub open_connections: u64,
    /// Connections turned away.
    pub denied_connections: u64,
    /// Most connections open at one time.
    pub peak_connections: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that were refused.
    pub failed_logins: u64,
    /// Commands, by command word.
    pub commands: BTreeMap<String, u64>,
    /// Batches of commands that a client sent before it waited for an answer: commands that come
    /// while an earlier one of the same connection is unanswered belong to its batch, and so do
    /// those that come in the same packet.
    pub round_trips: u64,
    /// The same, by the first command word of the batch.
    pub round_trips_by_command: BTreeMap<String, u64>,
    /// Transactions that wrote: commands that are not a print, listen, find, login or cancel.
    pub writes: u64,
}

impl Counters {
    /// How often a command was sent.
    #[must_use]
    pub fn commands_of(&self, path: &str) -> u64 {
        self.commands.get(path).copied().unwrap_or(0)
    }

    /// All commands.
    #[must_use]
    pub fn all_commands(&self) -> u64 {
        self.commands.values().sum()
    }
}

/// Most command words told apart; a client could send any number.
const MOST_PATHS: usize = 512;

/// The counters of a simulator, and a bell that rings when they change.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counters: Mutex<Counters>,
    bell: watch::Sender<u64>,
}

impl Tally {
    pub(crate) fn read(&self) -> Counters {
        lock(&self.counters).clone()
    }

    /// Changes the counters and rings.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Counters)) {
        change(&mut lock(&self.counters));
        self.bell
            .send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// Counts a command; `first` when it opens a batch.
    pub(crate) fn command(&self, path: &str, first: bool) {
        let verb = path.rsplit('/').next().unwrap_or_default();
        let reads = matches!(
            verb,
            "print" | "getall" | "listen" | "find" | "login" | "cancel" | "quit"
        );
        self.note(|counters| {
            let full = counters.commands.len() >= MOST_PATHS;
            let path = if full && !counters.commands.contains_key(path) {
                "(other)"
            } else {
                path
            };
            *counters.commands.entry(path.to_owned()).or_default() += 1;
            if !reads || path == "/ip/hotspot/active/login" {
                counters.writes += 1;
            }
            if first {
                counters.round_trips += 1;
                let by_command = &mut counters.round_trips_by_command;
                *by_command.entry(path.to_owned()).or_default() += 1;
            }
        });
    }

    /// Sets all to zero but what is open now.
    pub(crate) fn reset(&self) {
        self.note(|counters| {
            *counters = Counters {
                open_connections: counters.open_connections,
                peak_connections: counters.open_connections,
                ..Counters::default()
            };
        });
    }

    /// Waits until the counters are as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&Counters) -> bool) {
        let mut bell = self.bell.subscribe();
        loop {
            bell.mark_unchanged();
            if wanted(&lock(&self.counters)) {
                return;
            }
            if bell.changed().await.is_err() {
                return;
            }
        }
    }
}
