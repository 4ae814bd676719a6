//! Time and identifiers: all that differs between runs, reproducible by a seed.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset};

/// Where the sandbox takes its time from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock: what a server under test compares its own with.
    System,
    /// Starts at this Unix time in milliseconds and goes on one second per reading, so that
    /// transcripts are the same in each run.
    Stepping(i64),
}

impl Clock {
    /// Now, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&mut self) -> i64 {
        match self {
            Self::System => system_ms(),
            Self::Stepping(at) => {
                *at += 1_000;
                *at
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox reads the time"
)]
fn system_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// Mexico's time, with milliseconds and offset, as Mercado Pago writes it.
pub(crate) fn iso(ms: i64) -> String {
    let zone = FixedOffset::west_opt(6 * 3_600);
    match (DateTime::from_timestamp_millis(ms), zone) {
        (Some(at), Some(zone)) => at
            .with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M:%S%.3f%:z")
            .to_string(),
        _ => String::new(),
    }
}

/// Reads a search bound: ISO 8601 with offset, or `NOW` with an optional `-7DAYS` and the like.
pub(crate) fn parse_bound(text: &str, now_ms: i64) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix("NOW") {
        if rest.is_empty() {
            return Some(now_ms);
        }
        let rest = rest.strip_prefix('-')?;
        let digits = rest.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = rest.strip_prefix(digits)?.trim_end_matches('S');
        let length = match unit {
            "MINUTE" => 60_000,
            "HOUR" => 3_600_000,
            "DAY" => 86_400_000,
            "WEEK" => 604_800_000,
            "MONTH" => 2_592_000_000,
            _ => return None,
        };
        let count: i64 = digits.parse().ok()?;
        return now_ms.checked_sub(count.checked_mul(length)?);
    }
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|at| at.timestamp_millis())
}

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Source of identifiers: a counter, scrambled with the seed.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u64,
    counter: u64,
}

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    const fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// `prefix` and 17 letters and digits, as in `ord_2tMtQQpDvfnNjiuFG`.
    pub(crate) fn tagged(&mut self, prefix: &str) -> String {
        let mut word = String::from(prefix);
        let n = self.next();
        let mut bits = [mix(self.seed ^ mix(n)), mix(self.seed.wrapping_add(n))];
        for position in 0..17 {
            let half = usize::from(position >= 9);
            let Some(slot) = bits.get_mut(half) else {
                continue;
            };
            let digit = usize::try_from(*slot % 58).unwrap_or(0);
            *slot /= 58;
            word.push(BASE58.get(digit).map_or('1', |byte| char::from(*byte)));
        }
        word
    }

    /// 24 hexadecimal digits, as Conekta's charges, events and logs have.
    pub(crate) fn hex24(&mut self) -> String {
        let n = self.next();
        let low = u32::try_from(n & 0xffff_ffff).unwrap_or(0);
        format!("{:016x}{low:08x}", mix(self.seed ^ mix(n)))
    }

    /// 32 hexadecimal digits, as Mercado Pago's card tokens have.
    pub(crate) fn hex32(&mut self) -> String {
        let n = self.next();
        format!(
            "{:016x}{:016x}",
            mix(self.seed ^ mix(n)),
            mix(self.seed.wrapping_add(mix(n)))
        )
    }

    /// A UUID in version 4 shape.
    pub(crate) fn uuid(&mut self) -> String {
        let word = self.hex32();
        let part = |from: usize, to: usize| word.get(from..to).unwrap_or("0");
        format!(
            "{}-{}-4{}-8{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }

    /// A positive number of 12 digits, always above 2^32, as Mercado Pago's payments have.
    pub(crate) fn number(&mut self) -> i64 {
        let n = self.next();
        let base = 100_000 + mix(self.seed) % 800_000;
        i64::try_from(base * 1_000_000 + n % 1_000_000).unwrap_or(i64::MAX)
    }

    /// Six digits, as an authorisation code has.
    pub(crate) fn six_digits(&mut self) -> String {
        let n = self.next();
        format!("{:06}", mix(self.seed ^ mix(n)) % 1_000_000)
    }
}

/// The finaliser of `SplitMix64`: every bit of the input changes half of the output.
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn dates_are_written_in_mexican_time_with_milliseconds() {
        assert_eq!(iso(1_742_505_638_683), "2025-03-20T15:20:38.683-06:00");
    }

    #[test]
    fn bounds_are_read_in_both_spellings() {
        assert_eq!(
            parse_bound("2025-03-20T15:20:38.683-06:00", 0),
            Some(1_742_505_638_683)
        );
        assert_eq!(parse_bound("NOW", 5), Some(5));
        assert_eq!(parse_bound("NOW-7DAYS", 604_800_001), Some(1));
        assert_eq!(parse_bound("NOW-1MONTH", 2_592_000_001), Some(1));
        assert_eq!(parse_bound("yesterday", 0), None);
        assert_eq!(parse_bound("NOW-DAYS", 0), None);
    }

    #[test]
    fn a_stepping_clock_never_stands_still() {
        let mut clock = Clock::Stepping(0);
        assert_eq!((clock.now_ms(), clock.now_ms()), (1_000, 2_000));
    }

    #[test]
    fn same_seed_gives_the_same_ids_and_another_seed_others() {
        let draw = |seed| {
            let mut ids = Ids::new(seed);
            (
                ids.tagged("ord_"),
                ids.hex24(),
                ids.hex32(),
                ids.uuid(),
                ids.number(),
            )
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn ids_have_the_shapes_of_the_vendors_and_do_not_repeat() {
        let mut ids = Ids::new(1);
        let mut seen = BTreeSet::new();
        for _ in 0..2_000 {
            let order = ids.tagged("ord_");
            assert_eq!(order.len(), 21);
            assert!(seen.insert(order));
            let charge = ids.hex24();
            assert_eq!(charge.len(), 24);
            assert!(seen.insert(charge));
            let uuid = ids.uuid();
            assert_eq!(uuid.len(), 36);
            assert!(seen.insert(uuid));
            let payment = ids.number();
            assert!(payment > i64::from(u32::MAX));
            assert!(seen.insert(payment.to_string()));
        }
    }
}
