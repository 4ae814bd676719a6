//! Router API keys: what a captive portal authenticates with.

use std::time::Duration;

use crate::ids::{ApiKeyId, RouterId, TenantId};
use crate::time::Timestamp;

/// A key's record. The key itself is shown once and never stored, only its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Public id.
    pub id: ApiKeyId,
    /// Owner.
    pub tenant_id: TenantId,
    /// The router that the key is for.
    pub router_id: RouterId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// Last use; written in batches, seconds late.
    pub last_used_at: Option<Timestamp>,
    /// Number of uses; written in batches, seconds late.
    pub use_count: i64,
}

/// Days before the end at which the operator is warned.
pub const EXPIRY_WARNING_DAYS: i64 = 30;

/// What can be said of a router's newest unrevoked key at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStatus {
    /// Works. Whole days left, rounded down.
    Active {
        /// Whole days left.
        days_left: i64,
    },
    /// Past its end. Whole days left, negative.
    Expired {
        /// Whole days left, negative.
        days_left: i64,
    },
}

impl ApiKey {
    /// Whether the key opens anything at `now`. Expired means expired: no leeway.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// The key's status at `now`, apart from revocation.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        const DAY_MICROS: i64 = 86_400 * 1_000_000;
        let left = self
            .expires_at
            .unix_micros()
            .saturating_sub(now.unix_micros());
        let days_left = left.div_euclid(DAY_MICROS);
        if now < self.expires_at {
            KeyStatus::Active { days_left }
        } else {
            KeyStatus::Expired { days_left }
        }
    }

    /// When a key issued at `now` with this lifetime ends.
    #[must_use]
    pub fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
        now.plus(lifetime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        ApiKey {
            id: ApiKeyId::from_random([1; 8]),
            tenant_id: TenantId::from_random([1; 5]),
            router_id: RouterId::from_random([1; 4]),
            issued_at: Timestamp::from_unix_seconds(0),
            expires_at: Timestamp::from_unix_seconds(86_400 * 10),
            revoked_at: None,
            last_used_at: None,
            use_count: 0,
        }
    }

    #[test]
    fn days_are_floored_and_the_end_is_exclusive() {
        assert_eq!(
            key().status(Timestamp::from_unix_seconds(1)),
            KeyStatus::Active { days_left: 9 }
        );
        let end = Timestamp::from_unix_seconds(86_400 * 10);
        assert_eq!(key().status(end), KeyStatus::Expired { days_left: 0 });
        assert!(!key().is_usable(end));
        assert!(key().is_usable(end.minus(Duration::from_micros(1))));
    }

    #[test]
    fn a_revoked_key_opens_nothing() {
        let key = ApiKey {
            revoked_at: Some(Timestamp::from_unix_seconds(5)),
            ..key()
        };
        assert!(!key.is_usable(Timestamp::from_unix_seconds(6)));
    }
}
