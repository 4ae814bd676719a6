//! Money in minor units. Never floating point: 19.99 is 1999 cents, exactly.

use std::fmt;

/// A currency that products may be priced in. All three have two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Mexican peso.
    Mxn,
    /// US dollar.
    Usd,
    /// Euro.
    Eur,
}

impl Currency {
    /// All of them, for messages and checks.
    pub const ALL: [Self; 3] = [Self::Mxn, Self::Usd, Self::Eur];

    /// The ISO 4217 code in upper case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mxn => "MXN",
            Self::Usd => "USD",
            Self::Eur => "EUR",
        }
    }

    /// Reads an ISO 4217 code in any case; `None` for a currency that is not sold in.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code().eq_ignore_ascii_case(code))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than two significant decimals.
    #[error("more than two decimals")]
    TooPrecise,
    /// Beyond what `numeric(10,2)` holds.
    #[error("out of range")]
    OutOfRange,
}

/// Largest amount in minor units: the column is `numeric(10,2)`.
pub const MAX_MINOR: i64 = 9_999_999_999;

/// Reads a decimal number (`15`, `15.0`, `1.5e1`) into minor units without rounding.
///
/// # Errors
/// [`AmountError`] when the text is no number, has more than two significant decimals, or does
/// not fit `numeric(10,2)`.
pub fn parse_minor(text: &str) -> Result<i64, AmountError> {
    parse(text, false)
}

/// Reads a decimal number like [`parse_minor`], but rounds what is finer than a cent, half away
/// from zero: `19.990000000000002` is 1999. Only for amounts that are compared and never charged,
/// since whoever computes with floats sends such numbers.
///
/// # Errors
/// [`AmountError`] when the text is no number or does not fit `numeric(10,2)`.
pub fn parse_minor_rounded(text: &str) -> Result<i64, AmountError> {
    parse(text, true)
}

fn parse(text: &str, rounds: bool) -> Result<i64, AmountError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent
                .parse::<i32>()
                .map_err(|_not_a_number| AmountError::NotANumber)?,
        ),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || digits().any(|b| !b.is_ascii_digit()) || mantissa.ends_with('.') {
        return Err(AmountError::NotANumber);
    }
    if digits().all(|b| b == b'0') {
        return Ok(0);
    }
    // The value is `digits * 10^shift` minor units.
    let scale = i32::try_from(fraction.len()).map_err(|_too_long| AmountError::TooPrecise)?;
    let shift = exponent.saturating_sub(scale).saturating_add(2);
    let mut kept: Vec<u8> = digits()
        .skip_while(|b| *b == b'0')
        .map(|b| b - b'0')
        .collect();
    let mut shift = shift;
    // The first digit behind the cents, when all of them are dropped.
    let mut dropped = 0;
    while shift < 0 {
        dropped = match kept.pop() {
            Some(digit) if digit == 0 || rounds => digit,
            None if rounds => return Ok(0),
            _ => return Err(AmountError::TooPrecise),
        };
        shift += 1;
    }
    let mut minor: i64 = 0;
    let zeros = usize::try_from(shift).unwrap_or(usize::MAX);
    if kept.len().saturating_add(zeros) > 10 {
        return Err(AmountError::OutOfRange);
    }
    for digit in kept.into_iter().chain(std::iter::repeat_n(0, zeros)) {
        minor = minor.saturating_mul(10).saturating_add(i64::from(digit));
    }
    minor += i64::from(dropped >= 5);
    Ok(if negative { -minor } else { minor })
}

/// Writes minor units as a decimal with two places: `1999` is `19.99`.
#[must_use]
pub fn format_minor(minor: i64) -> String {
    let magnitude = minor.unsigned_abs();
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
}

/// An amount of one currency, in its minor unit (cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount in minor units, as gateways and the database report it; may be zero or negative.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a decimal with two places, without the currency.
    #[must_use]
    pub fn to_decimal(self) -> String {
        format_minor(self.minor)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

/// What a product costs: more than zero, at most what the column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Money);

impl Price {
    /// Accepts a positive amount of minor units up to [`MAX_MINOR`].
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] for zero, negative and too large amounts.
    pub const fn new(minor: i64, currency: Currency) -> Result<Self, AmountError> {
        if minor < 1 || minor > MAX_MINOR {
            return Err(AmountError::OutOfRange);
        }
        Ok(Self(Money::from_minor(minor, currency)))
    }

    /// The amount.
    #[must_use]
    pub const fn money(self) -> Money {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_finer_than_a_cent_is_rounded_on_request_only() {
        for (text, minor) in [
            ("19.990000000000002", 1999),
            ("19.989999999999998", 1999),
            ("19.994", 1999),
            ("19.995", 2000),
            ("0.004", 0),
            ("0.0004", 0),
            ("0.005", 1),
            ("1e-300", 0),
            ("-0.009", -1),
            ("19.99", 1999),
            ("1.5e1", 1500),
        ] {
            assert_eq!(parse_minor_rounded(text), Ok(minor), "{text}");
        }
        assert_eq!(parse_minor("19.994"), Err(AmountError::TooPrecise));
        assert_eq!(parse_minor_rounded("x"), Err(AmountError::NotANumber));
        assert_eq!(
            parse_minor_rounded("123456789012"),
            Err(AmountError::OutOfRange)
        );
    }

    #[test]
    fn amounts_that_floats_get_wrong_are_exact() {
        assert_eq!(parse_minor("19.99"), Ok(1999));
        assert_eq!(parse_minor("35.55"), Ok(3555));
        assert_eq!(parse_minor("0.29"), Ok(29));
        assert_eq!(parse_minor("15"), Ok(1500));
        assert_eq!(parse_minor("15.000"), Ok(1500));
        assert_eq!(parse_minor("1.5e1"), Ok(1500));
        assert_eq!(parse_minor("1E2"), Ok(10_000));
        assert_eq!(parse_minor("100e-4"), Ok(1));
        assert_eq!(parse_minor("-0.50"), Ok(-50));
        assert_eq!(parse_minor("99999999.99"), Ok(MAX_MINOR));
    }

    #[test]
    fn what_does_not_fit_is_refused_not_rounded() {
        assert_eq!(parse_minor("1.999"), Err(AmountError::TooPrecise));
        assert_eq!(parse_minor("1e-3"), Err(AmountError::TooPrecise));
        assert_eq!(parse_minor("1e-999999999"), Err(AmountError::TooPrecise));
        assert_eq!(parse_minor("100000000.00"), Err(AmountError::OutOfRange));
        assert_eq!(parse_minor("1e2000000000"), Err(AmountError::OutOfRange));
        for text in [
            "", "-", ".", "1.", ".5", "1,5", "NaN", "inf", "1e", "e1", "--1", "+1", "1 ",
        ] {
            assert_eq!(parse_minor(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn a_price_is_positive() {
        assert!(Price::new(0, Currency::Mxn).is_err());
        assert!(Price::new(-1, Currency::Mxn).is_err());
        assert!(Price::new(MAX_MINOR + 1, Currency::Mxn).is_err());
        assert!(Price::new(1, Currency::Mxn).is_ok());
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_round_trip(minor in -MAX_MINOR..=MAX_MINOR) {
            prop_assert_eq!(parse_minor(&format_minor(minor)), Ok(minor));
        }

        #[test]
        fn parsing_never_panics(text in "[-+0-9.eE]{0,24}") {
            let _outcome = parse_minor(&text);
        }
    }
}
