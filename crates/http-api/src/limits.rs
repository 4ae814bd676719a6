//! Limits against abuse: guessing passwords, testing cards, guessing PINs.

mod logins;
pub(crate) mod subjects;

use crate::limits::logins::LoginLimits;
use crate::limits::subjects::SubjectLimits;

/// How much is allowed per minute; 0 switches a limit off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Logins per address and account (`RATE_LIMIT_LOGIN_PER_MINUTE`).
    pub login: u32,
    /// Payments per router key and e-mail or device, ten times that per address
    /// (`RATE_LIMIT_PAYMENTS_PER_MINUTE`).
    pub payments: u32,
    /// Reconnections and look-ups of hotspot users per router key and device or user, ten times
    /// that per address (`RATE_LIMIT_RECONNECT_PER_MINUTE`).
    pub reconnect: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            login: 10,
            payments: 60,
            reconnect: 30,
        }
    }
}

/// What this replica has counted.
pub(crate) struct Limits {
    pub(crate) logins: LoginLimits,
    pub(crate) payments: SubjectLimits,
    pub(crate) reconnects: SubjectLimits,
}

impl Limits {
    pub(crate) fn new(rates: RateLimits) -> Self {
        Self {
            logins: LoginLimits::new(rates.login),
            payments: SubjectLimits::new(rates.payments),
            reconnects: SubjectLimits::new(rates.reconnect),
        }
    }
}
