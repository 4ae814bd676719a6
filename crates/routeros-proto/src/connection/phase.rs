//! How far a connection is, and what it is about to report.

use core::time::Duration;

use crate::connection::event::CloseReason;
use crate::decoder::Span;
use crate::login::{Login, LoginError};

/// How far a connection is.
pub(super) enum Phase {
    /// Commands may be submitted.
    Open,
    LoggingIn {
        login: Login,
        deadline: Option<Duration>,
    },
    /// Over; `reported` once the last event was given out.
    Closed { reason: CloseReason, reported: bool },
}

/// An event that does not borrow yet.
pub(super) enum Step {
    LoggedIn,
    LoginFailed(LoginError),
    Reply(u64, Span, u32),
    Cancelled(u64),
    TimedOut(u64),
    Failed(u64),
    Stray(Span),
    Closed,
}
