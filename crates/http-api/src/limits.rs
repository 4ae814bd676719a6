//! Limits against abuse: guessing passwords, testing cards, guessing PINs, floods.

pub(crate) mod failures;
mod logins;
pub(crate) mod requests;
pub(crate) mod router_checks;
pub(crate) mod subjects;

use crate::limits::failures::{Failures, Kind};
use crate::limits::logins::LoginLimits;
use crate::limits::requests::RequestLimits;
use crate::limits::subjects::SubjectLimits;

/// How much is allowed; 0 switches a limit off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Wrong log-ins a minute per address and account (`RATE_LIMIT_LOGIN_PER_MINUTE`).
    pub login: u32,
    /// Wrong log-ins and password changes a minute per address over all accounts
    /// (`RATE_LIMIT_LOGIN_PER_ADDRESS`).
    pub login_per_address: u32,
    /// Payments a minute per router key and e-mail or device, ten times that per address
    /// (`RATE_LIMIT_PAYMENTS_PER_MINUTE`).
    pub payments: u32,
    /// Reconnections and look-ups of hotspot users a minute per router key and device or user,
    /// ten times that per address (`RATE_LIMIT_RECONNECT_PER_MINUTE`).
    pub reconnect: u32,
    /// Declined cards in ten minutes per address, twice that per router key and four times that
    /// per company, before a cool-down (`RATE_LIMIT_DECLINES_PER_10_MINUTES`).
    pub declines: u32,
    /// Names and passwords of hotspot users that do not exist, in ten minutes per device; five
    /// times that per address, ten times that per router key
    /// (`RATE_LIMIT_MISSES_PER_10_MINUTES`).
    pub misses: u32,
    /// Requests of any kind a minute per address, and of portals per router key
    /// (`RATE_LIMIT_REQUESTS_PER_MINUTE`).
    pub requests: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            login: 10,
            login_per_address: 30,
            payments: 60,
            reconnect: 30,
            declines: 30,
            misses: 20,
            requests: 6_000,
        }
    }
}

impl RateLimits {
    /// No limit at all.
    pub const OFF: Self = Self {
        login: 0,
        login_per_address: 0,
        payments: 0,
        reconnect: 0,
        declines: 0,
        misses: 0,
        requests: 0,
    };
}

/// What this replica has counted.
pub(crate) struct Limits {
    pub(crate) logins: LoginLimits,
    pub(crate) payments: SubjectLimits,
    pub(crate) reconnects: SubjectLimits,
    pub(crate) declines: Failures,
    pub(crate) misses: Failures,
    pub(crate) requests: RequestLimits,
}

impl Limits {
    pub(crate) fn new(rates: RateLimits) -> Self {
        Self {
            logins: LoginLimits::new(rates.login, rates.login_per_address),
            payments: SubjectLimits::new(rates.payments),
            reconnects: SubjectLimits::new(rates.reconnect),
            declines: Failures::new(Kind::DeclinedCard, rates.declines),
            misses: Failures::new(Kind::UnknownCode, rates.misses),
            requests: RequestLimits::new(rates.requests),
        }
    }
}
