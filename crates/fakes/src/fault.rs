//! Faults of the outside world, injected call by call.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One call of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// The port's method: `charge`, `reserve`, ...
    pub operation: &'static str,
    /// What it is about: our reference of the payment, or the id of the router.
    pub subject: &'a str,
}

/// Why a request has no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The request was not sent.
    NotSent,
    /// No answer in time: it may have been carried out, or will be.
    TimedOut,
    /// The connection broke: it may have been carried out, or will be.
    Broken,
    /// The other end failed: it may have been carried out.
    Failed,
}

/// What goes wrong with one call; `F` is what its caller gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<F> {
    /// The call fails and has no effect.
    Before(F),
    /// The call has its effect, its answer is lost.
    After(F),
}

/// Asked before every call.
pub type FaultHook<F> = Arc<dyn Fn(&Call<'_>) -> Option<Fault<F>> + Send + Sync>;

/// The faults of one fake. By default nothing fails.
pub(crate) struct Faults<F>(Mutex<Option<FaultHook<F>>>);

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<F> fmt::Debug for Faults<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faults(..)")
    }
}

impl<F> Faults<F> {
    pub(crate) fn set(&self, hook: Option<FaultHook<F>>) {
        *lock(&self.0) = hook;
    }

    /// `Err`: the call fails now. `Some`: it fails after its effect.
    pub(crate) fn before(&self, operation: &'static str, subject: &str) -> Result<Option<F>, F> {
        // The hook runs without the lock: it may set another one.
        let hook = lock(&self.0).clone();
        match hook.and_then(|hook| hook(&Call { operation, subject })) {
            Some(Fault::Before(failure)) => Err(failure),
            Some(Fault::After(failure)) => Ok(Some(failure)),
            None => Ok(None),
        }
    }
}

/// Takes a lock that is never held across an await.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
