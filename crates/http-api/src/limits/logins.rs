//! Limits against guessing passwords and against floods of hashing: so many wrong attempts per
//! address and account, so many per address, and a growing delay per account for attempts from
//! many addresses. The delay stays short, so that an account
//! cannot be locked by others.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
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

/// Log-ins that one address may have in flight: each waits for a hash.
const IN_FLIGHT_PER_ADDRESS: u32 = 8;
/// Log-ins in flight of all addresses with recent failures together. That is half of what the
/// hashing queue takes, so that the other half is there for everybody else.
const IN_FLIGHT_AFTER_FAILURES: u32 = 32;

/// Limits of logins.
pub(crate) struct LoginLimits<C: Clock = DefaultClock> {
    /// Per address and account. `None`: no limit by account.
    tries: Option<Limiter<(IpAddr, String), C>>,
    /// Per address over all accounts. `None`: no limit by address.
    by_address: Option<Limiter<IpAddr, C>>,
    /// Wrong passwords in a row, and when the last one came.
    failures: BoundedMap<String, (u32, Timestamp)>,
    /// When an address last sent a wrong password.
    failed_at: BoundedMap<IpAddr, Timestamp>,
    in_flight: Arc<Mutex<InFlight>>,
}

/// Log-ins that are being checked.
#[derive(Debug, Default)]
struct InFlight {
    by_address: HashMap<IpAddr, u32>,
    after_failures: u32,
}

/// A log-in that may be checked; it counts as in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// How long it must be delayed before it is checked.
    pub(crate) delay: Duration,
    address: IpAddr,
    is_after_failures: bool,
    in_flight: Option<Arc<Mutex<InFlight>>>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let Some(in_flight) = &self.in_flight else {
            return;
        };
        let mut in_flight = in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_after_failures {
            in_flight.after_failures = in_flight.after_failures.saturating_sub(1);
        }
        if let Some(count) = in_flight.by_address.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                in_flight.by_address.remove(&self.address);
            }
        }
    }
}

impl LoginLimits {
    pub(super) fn new(per_minute: u32, per_address: u32) -> Self {
        Self::with_clock(per_minute, per_address, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> LoginLimits<C> {
    fn with_clock(per_minute: u32, per_address: u32, clock: &C) -> Self {
        Self {
            tries: Limiter::new(per_minute, clock.clone()),
            by_address: Limiter::new(per_address, clock.clone()),
            failures: BoundedMap::new(CAPACITY),
            failed_at: BoundedMap::new(CAPACITY),
            in_flight: Arc::default(),
        }
    }
}

impl<C: Clock> LoginLimits<C> {
    fn is_off(&self) -> bool {
        self.tries.is_none() && self.by_address.is_none()
    }

    /// Counts an attempt, before anything is hashed for it.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) fn admit(
        &self,
        address: IpAddr,
        account: &Email,
        now: Timestamp,
    ) -> Result<Admitted, Throttled> {
        if self.is_off() {
            return Ok(Admitted {
                delay: Duration::ZERO,
                address,
                is_after_failures: false,
                in_flight: None,
            });
        }
        let account = account_key(account);
        if let Some(tries) = &self.tries {
            tries.check(&(address, account.clone()))?;
        }
        if let Some(by_address) = &self.by_address {
            by_address.check(&address)?;
        }
        let delay = match self.failures.get(&account) {
            Some((count, last)) if !is_forgotten(last, now) => delay(count),
            _ => Duration::ZERO,
        };
        self.enter(address, delay, now)
    }

    fn enter(
        &self,
        address: IpAddr,
        delay: Duration,
        now: Timestamp,
    ) -> Result<Admitted, Throttled> {
        let is_after_failures = self
            .failed_at
            .get(&address)
            .is_some_and(|last| !is_forgotten(last, now));
        let mut in_flight = self
            .in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_address = in_flight.by_address.get(&address).copied().unwrap_or(0);
        let is_full = of_address >= IN_FLIGHT_PER_ADDRESS
            || (is_after_failures && in_flight.after_failures >= IN_FLIGHT_AFTER_FAILURES);
        if is_full {
            return Err(Throttled { retry_after: 1 });
        }
        in_flight.by_address.insert(address, of_address + 1);
        in_flight.after_failures += u32::from(is_after_failures);
        Ok(Admitted {
            delay,
            address,
            is_after_failures,
            in_flight: Some(Arc::clone(&self.in_flight)),
        })
    }

    /// The password was wrong, or there is no such account.
    pub(crate) fn failed(&self, address: IpAddr, account: &Email, now: Timestamp) {
        if self.is_off() {
            return;
        }
        let noted = self
            .failed_at
            .update(&address, |_| Ok::<_, Infallible>(((), now)));
        let counted = self.failures.update(&account_key(account), |before| {
            let count = match before {
                Some((count, last)) if !is_forgotten(last, now) => count,
                _ => 0,
            };
            Ok::<_, Infallible>(((), (count.saturating_add(1), now)))
        });
        let (Ok(()), Ok(())) = (noted, counted);
    }

    /// The password was right: what came before was its owner mistyping.
    pub(crate) fn succeeded(&self, address: IpAddr, account: &Email) {
        let account = account_key(account);
        self.failures.remove(&account);
        self.failed_at.remove(&address);
        if let Some(by_address) = &self.by_address {
            by_address.give_back(&address);
        }
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

    fn admit(
        limits: &LoginLimits<FakeRelativeClock>,
        address: IpAddr,
        account: &Email,
        now: Timestamp,
    ) -> Result<Duration, Throttled> {
        let admitted = limits.admit(address, account, now)?;
        Ok(admitted.delay)
    }

    fn email(number: usize) -> Email {
        Email::parse(&format!("ops{number}@cafe.test")).unwrap()
    }

    #[test]
    fn an_address_has_one_limit_for_all_accounts() {
        let limits = LoginLimits::with_clock(10, 5, &FakeRelativeClock::default());
        for number in 0..5 {
            assert!(admit(&limits, address(1), &email(number), NOW).is_ok());
        }
        assert!(admit(&limits, address(1), &email(5), NOW).is_err());
        assert!(admit(&limits, address(2), &email(5), NOW).is_ok());
    }

    #[test]
    fn right_passwords_do_not_use_up_the_address() {
        let limits = LoginLimits::with_clock(10, 2, &FakeRelativeClock::default());
        for number in 0..50 {
            assert!(admit(&limits, address(1), &email(number), NOW).is_ok());
            limits.succeeded(address(1), &email(number));
        }
    }

    #[test]
    fn a_flood_leaves_half_of_the_queue_to_everybody_else() {
        let limits = LoginLimits::with_clock(100, 100, &FakeRelativeClock::default());
        let mut in_flight = Vec::new();
        for last in 1..100 {
            limits.failed(address(last), &email(1), NOW);
            for number in 0..20 {
                in_flight.extend(limits.admit(address(last), &email(number), NOW).ok());
            }
        }
        assert_eq!(in_flight.len(), 32);
        let owner = limits.admit(address(200), &account(), NOW);
        assert!(owner.is_ok());
        drop(in_flight);
        assert!(limits.in_flight.lock().unwrap().by_address.len() == 1);
        assert!(limits.admit(address(1), &email(30), NOW).is_ok());
    }

    #[test]
    fn one_address_has_few_in_flight() {
        let limits = LoginLimits::with_clock(100, 100, &FakeRelativeClock::default());
        let in_flight: Vec<_> = (0..20)
            .filter_map(|number| limits.admit(address(1), &email(number), NOW).ok())
            .collect();
        assert_eq!(in_flight.len(), 8);
    }

    #[test]
    fn tries_are_counted_per_address_and_account() {
        let limits = LoginLimits::with_clock(2, 0, &FakeRelativeClock::default());
        assert_eq!(
            admit(&limits, address(1), &account(), NOW),
            Ok(Duration::ZERO)
        );
        assert_eq!(
            admit(&limits, address(1), &account(), NOW),
            Ok(Duration::ZERO)
        );
        assert_eq!(
            admit(&limits, address(1), &account(), NOW),
            Err(Throttled { retry_after: 30 })
        );
        assert!(admit(&limits, address(2), &account(), NOW).is_ok());
        let other = Email::parse("otra@cafe.test").unwrap();
        assert!(admit(&limits, address(1), &other, NOW).is_ok());
    }

    #[test]
    fn a_right_password_clears_the_count() {
        let limits = LoginLimits::with_clock(1, 0, &FakeRelativeClock::default());
        for _ in 0..5 {
            assert_eq!(
                admit(&limits, address(1), &account(), NOW),
                Ok(Duration::ZERO)
            );
            limits.failed(address(1), &account(), NOW);
            limits.succeeded(address(1), &account());
        }
    }

    #[test]
    fn guesses_from_many_addresses_become_slow_but_never_stop() {
        let limits = LoginLimits::with_clock(10, 0, &FakeRelativeClock::default());
        let mut delays = Vec::new();
        for last in 0..9 {
            let delay = admit(&limits, address(last), &account(), NOW).unwrap();
            delays.push(u64::try_from(delay.as_millis()).unwrap());
            limits.failed(address(1), &account(), NOW);
        }
        assert_eq!(delays, [0, 0, 0, 0, 250, 500, 1000, 2000, 2000]);
        let later = NOW.plus(FORGOTTEN_AFTER).plus(Duration::from_secs(1));
        assert_eq!(
            admit(&limits, address(99), &account(), later),
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
        let limits = LoginLimits::with_clock(0, 0, &FakeRelativeClock::default());
        for _ in 0..100 {
            limits.failed(address(1), &account(), NOW);
            assert_eq!(
                admit(&limits, address(1), &account(), NOW),
                Ok(Duration::ZERO)
            );
        }
    }
}
