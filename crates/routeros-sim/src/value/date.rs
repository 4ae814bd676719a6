//! Dates in both styles.

use crate::version::Version;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const DAY_SECONDS: u64 = 86_400;

/// Year, month (1 to 12) and day of a number of days since 1970, in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted in eras of 400 years from 0000-03-01 on, so that a leap day ends its year.
    let days = days.saturating_add(719_468);
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// `sep/26/2026` on v6 (and v7 up to 7.9), `2026-09-26` from 7.10 on.
pub(crate) fn date(version: Version, unix_millis: u64) -> String {
    let (year, month, day) = civil(unix_millis / 1_000 / DAY_SECONDS);
    if version.is_v7() {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let place = usize::try_from(month.saturating_sub(1)).unwrap_or_default();
    let name = MONTHS.get(place).copied().unwrap_or_default();
    format!("{name}/{day:02}/{year:04}")
}

/// `12:00:00`.
pub(crate) fn time(unix_millis: u64) -> String {
    let seconds = unix_millis / 1_000 % DAY_SECONDS;
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_follows_the_version() {
        let at = 1_790_424_000_000;
        assert_eq!(date(Version::V6_49, at), "sep/26/2026");
        assert_eq!(date(Version::V7_17, at), "2026-09-26");
        assert_eq!(time(at), "12:00:00");
    }

    #[test]
    fn leap_days_and_year_ends_are_right() {
        for (days, expected) in [
            (0, (1970, 1, 1)),
            (58, (1970, 2, 28)),
            (59, (1970, 3, 1)),
            (364, (1970, 12, 31)),
            (789, (1972, 2, 29)),
            (11_016, (2000, 2, 29)),
            (19_782, (2024, 2, 29)),
            (19_783, (2024, 3, 1)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil(days), expected, "{days}");
        }
    }
}
