//! Settings of a connection and of a call.

use core::time::Duration;

use crate::limits::{Limits, setters};

/// Bounds of one connection.
///
/// ```
/// use routeros_proto::connection::Config;
/// let config = Config::default().with_max_calls(64);
/// assert!(config.max_output > 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// What one reply may hold.
    pub limits: Limits,
    /// Tags in use at once, those still reserved after a deadline or a cancel included.
    pub max_calls: usize,
    /// Bytes of replies that may wait to be polled before more input is refused.
    pub max_input: usize,
    /// Bytes of commands that may wait to be transmitted before more are refused. A single command
    /// that is larger is refused too.
    pub max_output: usize,
    /// How long a router may take to confirm a cancel.
    pub cancel_grace: Duration,
}

impl Config {
    setters! {
        with_limits limits: Limits;
        with_max_calls max_calls: usize;
        with_max_input max_input: usize;
        with_max_output max_output: usize;
        with_cancel_grace cancel_grace: Duration;
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::client(),
            max_calls: 256,
            max_input: 256 << 10,
            max_output: 1 << 20,
            cancel_grace: Duration::from_secs(10),
        }
    }
}

/// How long a call may take. The default is without any bound, which suits nothing but `listen`.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::connection::CallOptions;
/// let command = CallOptions::timeout(Duration::from_secs(30));
/// let big_table = CallOptions::idle_timeout(Duration::from_secs(120));
/// assert_ne!(command, big_table);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// From submission to `!done`.
    pub timeout: Option<Duration>,
    /// From one reply to the next; starts anew with each.
    pub idle_timeout: Option<Duration>,
}

impl CallOptions {
    /// No bound at all, which suits nothing but `listen`.
    ///
    /// ```
    /// use routeros_proto::connection::CallOptions;
    /// assert_eq!(CallOptions::unbounded(), CallOptions::default());
    /// ```
    #[must_use]
    pub const fn unbounded() -> Self {
        Self {
            timeout: None,
            idle_timeout: None,
        }
    }

    /// A bound on the whole call.
    ///
    /// ```
    /// use core::time::Duration;
    /// use routeros_proto::connection::CallOptions;
    /// let options = CallOptions::timeout(Duration::from_secs(30));
    /// assert_eq!((options.timeout, options.idle_timeout), (Some(Duration::from_secs(30)), None));
    /// ```
    #[must_use]
    pub const fn timeout(timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            idle_timeout: None,
        }
    }

    /// A bound on the time without progress.
    ///
    /// ```
    /// use core::time::Duration;
    /// use routeros_proto::connection::CallOptions;
    /// let options = CallOptions::idle_timeout(Duration::from_secs(120));
    /// assert_eq!((options.timeout, options.idle_timeout), (None, Some(Duration::from_secs(120))));
    /// ```
    #[must_use]
    pub const fn idle_timeout(timeout: Duration) -> Self {
        Self {
            timeout: None,
            idle_timeout: Some(timeout),
        }
    }
}
