//! Signals to process groups.

use rustix::process::{Pid, Signal};

/// How a group is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish what is in hand, then end.
    Gently,
    /// What Postgres calls immediate: end now, keep nothing, but leave no shared memory behind.
    Quickly,
    /// No choice is given.
    Kill,
}

/// Signals every process of a group; a group that is gone already is no error.
pub(crate) fn group(leader: u32, stop: Stop) {
    let Some(pid) = pid(leader) else { return };
    let signal = match stop {
        Stop::Gently => Signal::TERM,
        Stop::Quickly => Signal::QUIT,
        Stop::Kill => Signal::KILL,
    };
    let _ = rustix::process::kill_process_group(pid, signal);
}

/// Whether any process of a group is left.
pub(crate) fn group_lives(leader: u32) -> bool {
    pid(leader).is_some_and(|pid| rustix::process::test_kill_process_group(pid).is_ok())
}

fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}
