//! What a run is made of: seeded chance, virtual time, and tasks polled one step at a time.

pub(crate) mod dice;
pub(crate) mod executor;
pub(crate) mod scheduler;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes a lock that nobody ever waits for: a run has one thread.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
