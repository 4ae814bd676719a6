//! How long to leave a failing router alone.

use std::time::Duration;

use crate::pool::config::PoolConfig;

/// The pause after so many `failures` in a row: doubling, capped, and then between half and the
/// whole of it, so that many servers do not come back at the same moment.
pub(super) fn pause(config: &PoolConfig, failures: u32, random: u64) -> Duration {
    let doublings = failures
        .saturating_sub(config.failure_threshold)
        .min(u32::BITS - 1);
    let whole = config
        .backoff_first
        .saturating_mul(1 << doublings)
        .min(config.backoff_max);
    let half = whole / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
    half + Duration::from_micros(random % spread.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;
    use crate::pool::config::PoolConfig;

    #[test]
    fn pauses_double_up_to_the_cap_and_are_spread() {
        let config = PoolConfig::default();
        let seconds = |failures, random| pause(&config, failures, random).as_secs_f64();
        for (failures, whole) in [
            (2, 1.0),
            (3, 2.0),
            (4, 4.0),
            (5, 8.0),
            (6, 10.0),
            (99, 10.0),
        ] {
            for random in [0, 1, 12_345, u64::MAX / 3, u64::MAX] {
                let found = seconds(failures, random);
                assert!(
                    (whole / 2.0..=whole).contains(&found),
                    "{failures}: {found}"
                );
            }
            assert!((seconds(failures, 0) - whole / 2.0).abs() < 1e-6);
        }
        assert!(pause(&config, u32::MAX, u64::MAX) <= Duration::from_secs(10));
    }
}
