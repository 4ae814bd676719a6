//! Unsigned notices are hints: worth one read of a purchase that we know, not more often than
//! every ten seconds.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::ids::PurchaseId;
use domain::time::Timestamp;

/// Between two hints that count.
const PAUSE: Duration = Duration::from_secs(10);
/// Purchases remembered at most; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// When each purchase was last hinted at, in this replica.
#[derive(Debug, Default)]
pub(crate) struct HintLimiter(Mutex<BTreeMap<PurchaseId, Timestamp>>);

impl HintLimiter {
    /// Whether a hint at this purchase counts now.
    pub(crate) fn lets_through(&self, purchase: PurchaseId, now: Timestamp) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.get(&purchase).is_some_and(|at| now < at.plus(PAUSE)) {
            return false;
        }
        if last.len() >= REMEMBERED {
            last.retain(|_, at| now < at.plus(PAUSE));
            // Ids grow with time: the smallest is the oldest.
            if last.len() >= REMEMBERED {
                last.pop_first();
            }
        }
        last.insert(purchase, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hint_in_ten_seconds() {
        let limiter = HintLimiter::default();
        let start = Timestamp::from_unix_seconds(100);
        assert!(limiter.lets_through(PurchaseId::new(1), start));
        assert!(!limiter.lets_through(PurchaseId::new(1), start.plus(Duration::from_secs(9))));
        assert!(limiter.lets_through(PurchaseId::new(2), start));
        assert!(limiter.lets_through(PurchaseId::new(1), start.plus(PAUSE)));
    }
}
