//! Everything that is left to chance in a run, drawn from its seed.

use std::time::Duration;

use fakes::SeededRandom;
use ports::system::random_bytes;

/// The run's chance. The same seed gives the same draws.
#[derive(Debug)]
pub(crate) struct Dice(SeededRandom);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// Any number.
    pub(crate) fn number(&self) -> u64 {
        u64::from_le_bytes(random_bytes(&self.0))
    }

    /// A number below `limit`; 0 if there is none.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        self.number().checked_rem(limit).unwrap_or(0)
    }

    /// True so many times in ten thousand.
    pub(crate) fn chance(&self, per_ten_thousand: u64) -> bool {
        self.below(10_000) < per_ten_thousand
    }

    /// A span, both ends included.
    pub(crate) fn between(&self, from: Duration, to: Duration) -> Duration {
        let width = to.saturating_sub(from).as_micros();
        let width = u64::try_from(width).unwrap_or(u64::MAX - 1);
        from + Duration::from_micros(self.below(width + 1))
    }

    /// A span of so many milliseconds.
    pub(crate) fn millis(&self, from: u64, to: u64) -> Duration {
        self.between(Duration::from_millis(from), Duration::from_millis(to))
    }

    /// A span of so many seconds.
    pub(crate) fn seconds(&self, from: u64, to: u64) -> Duration {
        self.between(Duration::from_secs(from), Duration::from_secs(to))
    }

    /// One of them; `None` if there are none.
    pub(crate) fn pick<'a, T>(&self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.position(things.len()))
    }

    /// A position in something of this length; 0 if it is empty.
    pub(crate) fn position(&self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(0))).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_within_their_bounds_and_repeat() {
        let (one, two) = (Dice::new(7), Dice::new(7));
        for _ in 0..1000 {
            assert_eq!(one.below(3), two.below(3));
            let span = one.millis(5, 9);
            assert_eq!(two.millis(5, 9), span);
            assert!((5..=9).contains(&span.as_millis()), "{span:?}");
        }
        assert!(!one.chance(0) && one.chance(10_000));
        assert_eq!(one.pick::<u8>(&[]), None);
    }
}
