//! The trace of a run: what happened, for people.

use std::sync::Mutex;

use domain::time::Timestamp;

use crate::engine::lock;
use crate::engine::scheduler::Replica;

/// The trace of a run, written only when somebody wants to read it.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Mutex<Vec<String>>>);

impl Trace {
    pub(crate) fn new(wanted: bool) -> Self {
        Self(wanted.then(Mutex::default))
    }

    /// Whether anybody reads.
    pub(crate) const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a line.
    pub(crate) fn add(&self, since_start: std::time::Duration, who: Option<Replica>, text: &str) {
        let Some(lines) = &self.0 else {
            return;
        };
        let who = who.map_or_else(|| "      ".to_owned(), |Replica(n)| format!("app {n} "));
        let seconds = since_start.as_secs();
        let micros = since_start.subsec_micros();
        lock(lines).push(format!("{seconds:>7}.{micros:06} {who} {text}"));
    }

    /// The lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .as_ref()
            .map(|lines| lock(lines).clone())
            .unwrap_or_default()
    }
}

/// Where runs begin: 2026-03-04T10:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);
