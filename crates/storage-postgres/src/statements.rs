//! Counts what goes to the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// What went to the database so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatementCounts {
    /// Transactions begun.
    pub transactions: u64,
    /// Statements, without those that begin and end transactions.
    pub statements: u64,
}

/// Counts transactions and statements of a store: for metrics, and for tests that hold a use case
/// to its number of round trips.
#[derive(Debug, Clone, Default)]
pub struct StatementCounter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    sent: AtomicU64,
    /// Statements that begin or end a transaction, announced apart from being sent.
    framing: AtomicU64,
}

impl StatementCounter {
    /// The counts at this moment.
    #[must_use]
    pub fn counts(&self) -> StatementCounts {
        let sent = self.0.sent.load(Ordering::Relaxed);
        StatementCounts {
            transactions: self.0.begun.load(Ordering::Relaxed),
            statements: sent.saturating_sub(self.0.framing.load(Ordering::Relaxed)),
        }
    }
}

impl Instrumentation for StatementCounter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::BeginTransaction { .. } => {
                self.0.begun.fetch_add(1, Ordering::Relaxed);
                self.0.framing.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => {
                self.0.framing.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::StartQuery { .. } => {
                self.0.sent.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}
