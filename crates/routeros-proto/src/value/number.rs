//! Numbers: counters, rates and sizes.

use crate::value::error::ValueError;

/// Reads a decimal counter, such as `bytes-in`.
///
/// # Errors
/// [`ValueError`] for anything but decimal digits within 64 bits.
///
/// ```
/// assert_eq!(routeros_proto::value::parse_counter(b"576577503641"), Ok(576_577_503_641));
/// ```
pub fn parse_counter(text: &[u8]) -> Result<u64, ValueError> {
    digits(text).ok_or(ValueError::new("counter"))
}

/// Reads a rate in bits per second: `512k`, `2M`, `1G` by powers of 1000.
///
/// # Errors
/// [`ValueError`] for another suffix, no digits, or more than 64 bits.
///
/// ```
/// use routeros_proto::value::parse_rate;
/// assert_eq!(parse_rate(b"512k"), Ok(512_000));
/// assert_eq!(parse_rate(b"2M"), Ok(2_000_000));
/// ```
pub fn parse_rate(text: &[u8]) -> Result<u64, ValueError> {
    scaled(text).ok_or(ValueError::new("rate"))
}

/// Reads a size in bytes: plain, `10M` by powers of 1000, or `16.0MiB` by powers of 1024, as some
/// versions print. A fraction of a byte is cut off.
///
/// # Errors
/// [`ValueError`] for anything else.
///
/// ```
/// use routeros_proto::value::parse_size;
/// assert_eq!(parse_size(b"16.5KiB"), Ok(16_896));
/// assert_eq!(parse_size(b"10M"), Ok(10_000_000));
/// ```
pub fn parse_size(text: &[u8]) -> Result<u64, ValueError> {
    let (number, unit) = match text {
        [number @ .., b'K', b'i', b'B'] => (number, 1 << 10),
        [number @ .., b'M', b'i', b'B'] => (number, 1 << 20),
        [number @ .., b'G', b'i', b'B'] => (number, 1 << 30),
        [number @ .., b'T', b'i', b'B'] => (number, 1 << 40),
        _ => return scaled(text).ok_or(ValueError::new("size")),
    };
    with_fraction(number, unit).ok_or(ValueError::new("size"))
}

/// A number with a suffix by powers of 1000.
fn scaled(text: &[u8]) -> Option<u64> {
    let (number, factor) = match text {
        [number @ .., b'k' | b'K'] => (number, 1_000),
        [number @ .., b'm' | b'M'] => (number, 1_000_000),
        [number @ .., b'g' | b'G'] => (number, 1_000_000_000),
        _ => (text, 1),
    };
    digits(number)?.checked_mul(factor)
}

/// `number` times `unit`, where the number may have a fraction.
fn with_fraction(number: &[u8], unit: u64) -> Option<u64> {
    let mut parts = number.splitn(2, |byte| *byte == b'.');
    let whole = digits(parts.next()?)?.checked_mul(unit)?;
    let Some(fraction) = parts.next() else {
        return Some(whole);
    };
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = u128::from(digits(fraction)?) * u128::from(unit) / u128::from(scale);
    whole.checked_add(u64::try_from(part).ok()?)
}

/// Decimal digits and nothing else, at least one.
pub(super) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    // Nineteen digits fit for sure.
    let short = text.len() < 20;
    text.iter().try_fold(0_u64, |number, byte| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        if short {
            return Some(number.wrapping_mul(10).wrapping_add(digit));
        }
        number.checked_mul(10)?.checked_add(digit)
    })
}
