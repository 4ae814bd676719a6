//! Exact amounts: decimal text to minor units and back, never through floating point.

use serde_json::Value;

/// Largest amount that the sandbox takes, in minor units (999,999,999.99).
pub(crate) const MAX_CENTS: i64 = 99_999_999_999;

/// Reads a JSON number in major units (`20`, `19.99`, `2e1`) as minor units. `None` when it is
/// no number, has a part smaller than a cent, or is out of range.
pub(crate) fn parse_major(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // value in cents = digits * 10^scale
    let scale = exponent
        .checked_sub(i32::try_from(fraction.len()).ok()?)?
        .checked_add(2)?;
    let dropped = i32::try_from(digits.len() - significant.len()).ok()?;
    let scale = u32::try_from(scale.checked_add(dropped)?).ok()?;
    let cents = significant
        .parse::<i64>()
        .ok()?
        .checked_mul(10_i64.checked_pow(scale)?)?;
    (cents <= MAX_CENTS).then_some(if negative { -cents } else { cents })
}

/// Minor units as a decimal with two places: `1999` is `19.99`.
pub(crate) fn major_text(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let positive = cents.unsigned_abs();
    format!("{sign}{}.{:02}", positive / 100, positive % 100)
}

/// Minor units as a JSON number in major units. A number of at most eleven digits comes out of
/// `serde_json` exactly as it went in; nothing is calculated with it.
pub(crate) fn major_json(cents: i64) -> Value {
    serde_json::from_str(&major_text(cents)).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, cents) in [
            ("20", Some(2_000)),
            ("20.0", Some(2_000)),
            ("19.99", Some(1_999)),
            ("35.55", Some(3_555)),
            ("0.01", Some(1)),
            ("2e1", Some(2_000)),
            ("1.999E1", Some(1_999)),
            ("-5.5", Some(-550)),
            ("19.990", Some(1_999)),
            ("999999999.99", Some(MAX_CENTS)),
            ("1000000000", None),
            ("19.999", None),
            ("0.001", None),
            ("1e400000", None),
            ("1e-400000", None),
            ("\"20\"", None),
            ("", None),
            ("true", None),
            (".5", None),
        ] {
            assert_eq!(parse_major(text), cents, "{text}");
        }
    }

    #[test]
    fn every_amount_survives_the_way_through_json() {
        for cents in (0..200_000).chain(MAX_CENTS - 20_000..=MAX_CENTS) {
            let text = major_json(cents).to_string();
            assert_eq!(parse_major(&text), Some(cents), "{text}");
        }
    }
}
