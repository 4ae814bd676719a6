//! Limits against guessing passwords: so many attempts per address and account, and a growing
//! delay per account for attempts from many addresses. The delay stays short, so that an account
//! cannot be locked by others.

use std::net::IpAddr;
use std::time::Duration;

use domain::contact::Email;
use domain::time::Timestamp;
use governor::clock::{Clock, DefaultClock};

use http_kit::limits::bounded::BoundedMap;
use http_kit::limits::{Limiter, Throttled};

/// Wrong passwords that cost nothing.
const FREE_FAILURES: u32 = 3;
/// The delay after the next one; doubled by every further one.
const FIRST_DELAY: Duration = Duration::from_millis(250);
/// The longest delay.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// After so long without a wrong password an account's count starts afresh.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(15);
/// Accounts whose wrong passwords are remembered; those with the fewest are forgotten first.
const CAPACITY: usize = 50_000;

/// Limits of logins.
pub(crate) struct LoginLimits<C: Clock = DefaultClock> {
    /// `None`: everything here is switched off.
    tries: Option<Limiter<(IpAddr, String), C>>,
    /// Wrong passwords in a row, and when the last one came.
    failures: BoundedMap<String, (u32, Timestamp)>,
}

impl LoginLimits {
    pub(super) fn new(per_minute: u32) -> Self {
        Self::with_clock(per_minute, DefaultClock::default())
    }
}

impl<C: Clock> LoginLimits<C> {
    fn with_clock(per_minute: u32, clock: C) -> Self {
        Self {
            tries: Limiter::new(per_minute, clock),
            failures: BoundedMap::new(CAPACITY),
        }
    }

    /// Counts an attempt and returns how long it must be delayed before it is checked.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) fn admit(
        &self,
        address: IpAddr,
        account: &Email,
        now: Timestamp,
    ) -> Result<Duration, Throttled> {
        let Some(tries) = &self.tries else {
            return Ok(Duration::ZERO);
        };
        let account = account_key(account);
        tries.check(&(address, account.clone()))?;
        Ok(match self.failures.get(&account) {
            Some((count, last)) if !is_forgotten(last, now) => delay(count),
            _ => Duration::ZERO,
        })
    }

    /// The password was wrong, or there is no such account.
    pub(crate) fn failed(&self, account: &Email, now: Timestamp) {
        if self.tries.is_none() {
            return;
        }
        let counted = self.failures.update(&account_key(account), |before| {
            let count = match before {
                Some((count, last)) if !is_forgotten(last, now) => count,
                _ => 0,
            };
            Ok::<_, std::convert::Infallible>(((), (count.saturating_add(1), now)))
        });
        let Ok(()) = counted;
    }

    /// The password was right: what came before was its owner mistyping.
    pub(crate) fn succeeded(&self, address: IpAddr, account: &Email) {
        let account = account_key(account);
        self.failures.remove(&account);
        if let Some(tries) = &self.tries {
            tries.forget(&(address, account));
        }
    }
}

fn account_key(account: &Email) -> String {
    account.as_str().to_lowercase()
}

fn is_forgotten(last: Timestamp, now: Timestamp) -> bool {
    now.since(last) > FORGOTTEN_AFTER
}

fn delay(failures: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(FREE_FAILURES).filter(|n| *n > 0) else {
        return Duration::ZERO;
    };
    let factor = 1_u32.checked_shl(beyond - 1).unwrap_or(u32::MAX);
    FIRST_DELAY.saturating_mul(factor).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use governor::clock::FakeRelativeClock;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(203, 0, 113, last).into()
    }

    fn account() -> Email {
        Email::parse("ops@cafe.test").unwrap()
    }

    #[test]
    fn tries_are_counted_per_address_and_account() {
        let limits = LoginLimits::with_clock(2, FakeRelativeClock::default());
        assert_eq!(
            limits.admit(address(1), &account(), NOW),
            Ok(Duration::ZERO)
        );
        assert_eq!(
            limits.admit(address(1), &account(), NOW),
            Ok(Duration::ZERO)
        );
        assert_eq!(
            limits.admit(address(1), &account(), NOW),
            Err(Throttled { retry_after: 30 })
        );
        assert!(limits.admit(address(2), &account(), NOW).is_ok());
        let other = Email::parse("otra@cafe.test").unwrap();
        assert!(limits.admit(address(1), &other, NOW).is_ok());
    }

    #[test]
    fn a_right_password_clears_the_count() {
        let limits = LoginLimits::with_clock(1, FakeRelativeClock::default());
        for _ in 0..5 {
            assert_eq!(
                limits.admit(address(1), &account(), NOW),
                Ok(Duration::ZERO)
            );
            limits.failed(&account(), NOW);
            limits.succeeded(address(1), &account());
        }
    }

    #[test]
    fn guesses_from_many_addresses_become_slow_but_never_stop() {
        let limits = LoginLimits::with_clock(10, FakeRelativeClock::default());
        let mut delays = Vec::new();
        for last in 0..9 {
            let delay = limits.admit(address(last), &account(), NOW).unwrap();
            delays.push(u64::try_from(delay.as_millis()).unwrap());
            limits.failed(&account(), NOW);
        }
        assert_eq!(delays, [0, 0, 0, 0, 250, 500, 1000, 2000, 2000]);
        let later = NOW.plus(FORGOTTEN_AFTER).plus(Duration::from_secs(1));
        assert_eq!(
            limits.admit(address(99), &account(), later),
            Ok(Duration::ZERO)
        );
    }

    #[test]
    fn no_number_of_failures_overflows() {
        assert_eq!(delay(0), Duration::ZERO);
        assert_eq!(delay(u32::MAX), LONGEST_DELAY);
    }

    #[test]
    fn zero_switches_everything_off() {
        let limits = LoginLimits::with_clock(0, FakeRelativeClock::default());
        for _ in 0..100 {
            limits.failed(&account(), NOW);
            assert_eq!(
                limits.admit(address(1), &account(), NOW),
                Ok(Duration::ZERO)
            );
        }
    }
}
