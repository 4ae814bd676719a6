//! Ctrl-C, `SIGTERM` and `SIGHUP`.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;

/// The command was asked to stop; it ends without a message, exit code 130.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("interrupted")]
pub(crate) struct Interrupted;

/// Set by the first signal, for good.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl Interrupt {
    /// Takes the signals over for the whole process.
    pub(crate) fn install() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        ctrlc::set_handler(move || heard.raise()).context("cannot listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Asks for the stop, as a signal does.
    pub(crate) fn raise(&self) {
        let (flag, changed) = &*self.state;
        *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Fails if the stop was asked for.
    pub(crate) fn check(&self) -> Result<(), Interrupted> {
        self.pause(Duration::ZERO)
    }

    /// Waits a moment between two looks at something; fails at once when the stop is asked for.
    pub(crate) fn pause(&self, at_most: Duration) -> Result<(), Interrupted> {
        let (flag, changed) = &*self.state;
        let guard = flag.lock().unwrap_or_else(PoisonError::into_inner);
        let (raised, _) = changed
            .wait_timeout_while(guard, at_most, |raised| !*raised)
            .unwrap_or_else(PoisonError::into_inner);
        if *raised { Err(Interrupted) } else { Ok(()) }
    }

    /// Waits until the stop is asked for.
    pub(crate) fn wait(&self) {
        let (flag, changed) = &*self.state;
        let guard = flag.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(guard, |raised| !*raised));
    }
}
