//! Limits against testing cards and guessing PINs: so many requests per router key and customer or device, and ten times
//! that per address, because a whole café is one address.

use std::net::IpAddr;

use domain::contact::Email;
use domain::ids::ApiKeyId;
use domain::network::MacAddress;
use governor::clock::{Clock, DefaultClock};

use http_kit::limits::{Limiter, Throttled};

/// How much more an address may do than one customer.
const PER_ADDRESS: u32 = 10;

/// Who sends a request through a router, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A customer by e-mail.
    Customer(ApiKeyId, String),
    /// A device.
    Device(ApiKeyId, MacAddress),
    /// A hotspot user by name.
    HotspotUser(ApiKeyId, String),
}

impl Subject {
    pub(crate) fn customer(key: &ApiKeyId, email: &Email) -> Self {
        Self::Customer(key.clone(), email.as_str().to_lowercase())
    }

    pub(crate) fn device(key: &ApiKeyId, mac: MacAddress) -> Self {
        Self::Device(key.clone(), mac)
    }

    /// RouterOS takes names in any case.
    pub(crate) fn hotspot_user(key: &ApiKeyId, name: &str) -> Self {
        Self::HotspotUser(key.clone(), name.to_lowercase())
    }
}

/// Limits of one kind of request.
pub(crate) struct SubjectLimits<C: Clock = DefaultClock> {
    /// `None`: everything here is switched off.
    limiters: Option<(Limiter<Subject, C>, Limiter<IpAddr, C>)>,
}

impl SubjectLimits {
    pub(super) fn new(per_minute: u32) -> Self {
        Self::with_clock(per_minute, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> SubjectLimits<C> {
    fn with_clock(per_minute: u32, clock: &C) -> Self {
        let by_subject = Limiter::new(per_minute, clock.clone());
        let by_address = Limiter::new(per_minute.saturating_mul(PER_ADDRESS), clock.clone());
        Self {
            limiters: by_subject.zip(by_address),
        }
    }
}

impl<C: Clock> SubjectLimits<C> {
    /// Counts one request of these subjects from this address. A customer over the limit does
    /// not use up the café's share.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) fn check(&self, subjects: &[Subject], address: IpAddr) -> Result<(), Throttled> {
        let Some((by_subject, by_address)) = &self.limiters else {
            return Ok(());
        };
        subjects
            .iter()
            .try_for_each(|subject| by_subject.check(subject))?;
        by_address.check(&address)
    }

    /// Counts one more for a request that was admitted, as far as there is room for it.
    pub(crate) fn count_again(&self, subjects: &[Subject], address: IpAddr) {
        if let Some((by_subject, by_address)) = &self.limiters {
            for subject in subjects {
                // Where nothing is left the next request is refused already.
                let _full = by_subject.check(subject);
            }
            let _full = by_address.check(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use governor::clock::FakeRelativeClock;

    use super::*;

    const CAFE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));

    fn limits(per_minute: u32) -> SubjectLimits<FakeRelativeClock> {
        SubjectLimits::with_clock(per_minute, &FakeRelativeClock::default())
    }

    fn customer(number: usize) -> Subject {
        let email = Email::parse(&format!("ana{number}@x.test")).unwrap();
        Subject::customer(&ApiKeyId::from_random([1; 8]), &email)
    }

    #[test]
    fn one_customer_is_stopped_and_the_next_is_not() {
        let limits = limits(2);
        assert_eq!(limits.check(&[customer(1)], CAFE), Ok(()));
        assert_eq!(limits.check(&[customer(1)], CAFE), Ok(()));
        assert_eq!(
            limits.check(&[customer(1)], CAFE),
            Err(Throttled { retry_after: 30 })
        );
        assert_eq!(limits.check(&[customer(2)], CAFE), Ok(()));
    }

    #[test]
    fn a_new_name_does_not_help_the_same_device() {
        let limits = limits(1);
        let mac = MacAddress::parse("AA:BB:CC:00:11:22").unwrap();
        let device = Subject::device(&ApiKeyId::from_random([1; 8]), mac);
        assert!(limits.check(&[customer(1), device.clone()], CAFE).is_ok());
        assert!(limits.check(&[customer(2), device], CAFE).is_err());
    }

    #[test]
    fn an_address_has_ten_customers_worth() {
        let limits = limits(1);
        for number in 0..10 {
            assert_eq!(limits.check(&[customer(number)], CAFE), Ok(()));
        }
        assert_eq!(
            limits.check(&[customer(10)], CAFE),
            Err(Throttled { retry_after: 6 })
        );
        let elsewhere = Ipv4Addr::new(203, 0, 113, 2).into();
        assert_eq!(limits.check(&[customer(11)], elsewhere), Ok(()));
    }

    #[test]
    fn a_customer_over_the_limit_leaves_the_address_alone() {
        let limits = limits(1);
        assert!(limits.check(&[customer(0)], CAFE).is_ok());
        for _ in 0..50 {
            assert!(limits.check(&[customer(0)], CAFE).is_err());
        }
        for number in 1..10 {
            assert_eq!(limits.check(&[customer(number)], CAFE), Ok(()));
        }
    }

    #[test]
    fn what_counts_double_is_used_up_twice_as_fast() {
        let limits = limits(4);
        for _ in 0..2 {
            assert!(limits.check(&[customer(1)], CAFE).is_ok());
            limits.count_again(&[customer(1)], CAFE);
        }
        assert!(limits.check(&[customer(1)], CAFE).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let limits = limits(0);
        for _ in 0..1000 {
            assert!(limits.check(&[customer(1)], CAFE).is_ok());
        }
    }
}
