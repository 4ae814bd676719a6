//! Dates in both styles: `sep/26/2026` up to 7.9, `2026-09-26` from 7.10.

use core::fmt;

use crate::value::error::ValueError;
use crate::value::number::digits;

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

const INVALID: ValueError = ValueError::new("date");

/// A calendar date, printed in the ISO style.
///
/// ```
/// use routeros_proto::value::Date;
/// let date = Date::parse(b"sep/26/2026").unwrap();
/// assert_eq!(Date::parse(b"2026-09-26"), Ok(date));
/// assert_eq!(date.to_string(), "2026-09-26");
/// assert_eq!(date.old_style().to_string(), "sep/26/2026");
/// assert!(Date::new(2026, 2, 29).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A date of the Gregorian calendar, years 1 to 9999.
    ///
    /// # Errors
    /// [`ValueError`] for a day that does not exist.
    ///
    /// ```
    /// use routeros_proto::value::Date;
    /// assert!(Date::new(2024, 2, 29).is_ok());
    /// assert!(Date::new(2023, 2, 29).is_err());
    /// ```
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, ValueError> {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if day == 0 || day > days || year == 0 || year > 9999 {
            return Err(INVALID);
        }
        Ok(Self { year, month, day })
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Reads either style; the name of the month in any case.
    ///
    /// # Errors
    /// [`ValueError`] for anything else and for days that do not exist.
    ///
    /// ```
    /// use routeros_proto::value::Date;
    /// assert_eq!(Date::parse(b"Sep/26/2026"), Date::parse(b"2026-09-26"));
    /// assert!(Date::parse(b"2026-02-30").is_err());
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        Self::read(text).unwrap_or(Err(INVALID))
    }

    /// Prints the style of routers up to 7.9.
    ///
    /// ```
    /// use routeros_proto::value::Date;
    /// assert_eq!(Date::new(2026, 9, 26)?.old_style().to_string(), "sep/26/2026");
    /// # Ok::<(), routeros_proto::value::ValueError>(())
    /// ```
    #[must_use]
    pub fn old_style(self) -> impl fmt::Display {
        OldStyle(self)
    }

    fn read(text: &[u8]) -> Option<Result<Self, ValueError>> {
        let (year, month, day) = match text {
            [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                (digits(y)?, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
            }
            [a, b, c, b'/', d1, d2, b'/', y @ ..] if y.len() == 4 => {
                let name = [a, b, c].map(u8::to_ascii_lowercase);
                let index = MONTHS.iter().position(|month| **month == name)?;
                (
                    digits(y)?,
                    u64::try_from(index).ok()? + 1,
                    digits(&[*d1, *d2])?,
                )
            }
            _ => return None,
        };
        let small = |number| u8::try_from(number).ok();
        Some(Self::new(
            u16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
        ))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

struct OldStyle(Date);

impl fmt::Display for OldStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.0;
        let name = MONTHS
            .get(usize::from(month).wrapping_sub(1))
            .copied()
            .unwrap_or_default();
        write!(f, "{}/{day:02}/{year:04}", name.escape_ascii())
    }
}

/// A date and a time of day, as in `build-time`: `Nov/17/2022 11:38:45` or
/// `2026-09-26 11:38:45`. Routers give no zone.
///
/// ```
/// use routeros_proto::value::DateTime;
/// let built = DateTime::parse(b"Nov/17/2022 11:38:45").unwrap();
/// assert_eq!(built.to_string(), "2022-11-17 11:38:45");
/// assert_eq!((built.date.year(), built.hour), (2022, 11));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl DateTime {
    /// Reads a date of either style, a space and `HH:MM:SS`.
    ///
    /// # Errors
    /// [`ValueError`] for anything else.
    ///
    /// ```
    /// use routeros_proto::value::DateTime;
    /// assert_eq!(DateTime::parse(b"2026-09-26 11:38:45").map(|at| at.minute), Ok(38));
    /// assert!(DateTime::parse(b"2026-09-26 24:00:00").is_err());
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        let [date @ .., b' ', h1, h2, b':', m1, m2, b':', s1, s2] = text else {
            return Err(INVALID);
        };
        let part = |tens: u8, ones: u8, below: u64| {
            let number = digits(&[tens, ones]).filter(|number| *number < below);
            number
                .and_then(|number| u8::try_from(number).ok())
                .ok_or(INVALID)
        };
        Ok(Self {
            date: Date::parse(date)?,
            hour: part(*h1, *h2, 24)?,
            minute: part(*m1, *m2, 60)?,
            second: part(*s1, *s2, 60)?,
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:02}:{:02}:{:02}",
            self.date, self.hour, self.minute, self.second
        )
    }
}
