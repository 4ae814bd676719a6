//! What came of a request.

use std::time::Duration;

use serde::de::DeserializeOwned;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The request could not be put into HTTP: the tenant's key holds impossible characters.
    Unsendable,
    /// The request never left: name look-up, connection or TLS failed.
    NotSent,
    /// No (complete) answer in time; the request may have arrived.
    TimedOut,
    /// The connection broke; the request may have arrived.
    Broken,
}

impl Lost {
    /// For logs.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Unsendable => "the request cannot be expressed",
            Self::NotSent => "the gateway could not be reached",
            Self::TimedOut => "no answer in time",
            Self::Broken => "the connection broke before the answer was complete",
        }
    }
}

/// A status line and, if it arrived whole and not too large, a body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body; `None` when it was cut off or larger than allowed.
    pub(crate) body: Option<Vec<u8>>,
    /// How long the gateway asks us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body as JSON; `None` when it is missing, cut or something else.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}
