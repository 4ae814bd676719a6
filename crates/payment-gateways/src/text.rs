//! Texts for and from gateways: cut, cleaned, and brought into the form that they accept.

use chrono::{DateTime, SecondsFormat};
use domain::time::Timestamp;

/// The first `limit` characters.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// A gateway's status or code fit for columns and logs: visible ASCII, at most 120 characters.
pub(crate) fn code(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(120)
        .collect()
}

/// At most four codes of an error answer in one text; empty when it has none.
pub(crate) fn joined(codes: impl Iterator<Item = String>) -> String {
    codes.take(4).collect::<Vec<_>>().join(",")
}

/// A name without control characters and with single blanks.
pub(crate) fn tidy(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// A person's name as gateways accept it: letters and single blanks. Apostrophes join, everything
/// else separates.
pub(crate) fn letters(name: &str) -> String {
    let kept: String = name
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '’' | '`' | '´' | '\\'))
        .map(|letter| if letter.is_alphabetic() { letter } else { ' ' })
        .collect();
    tidy(&kept)
}

/// Sent when neither the customer nor the company has a usable phone: Conekta requires one.
pub(crate) const PLACEHOLDER_PHONE: &str = "+521234567890";

/// The ten national digits of a Mexican phone, typed in any layout: bare, after the country code
/// (`+52`, `0052`), the former mobile prefix (`1`, `044`, `045`) or the long-distance prefix
/// (`01`), and before an extension. `None` for anything else.
pub(crate) fn national_phone(typed: &str) -> Option<String> {
    let number = typed.trim_start_matches(|letter: char| letter != '+' && !letter.is_ascii_digit());
    let extension = |letter: char| letter.is_alphabetic() || matches!(letter, '#' | ',' | ';');
    let number = number.split(extension).next().unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_national = |rest: &&str| rest.len() == 10 && !rest.starts_with('0');
    ["", "0052", "00521", "52", "521", "044", "045", "01", "1"]
        .iter()
        .filter_map(|prefix| digits.strip_prefix(prefix))
        .find(is_national)
        .map(str::to_owned)
}

/// The first usable phone with country code, else the placeholder.
pub(crate) fn international_phone<'a>(candidates: impl IntoIterator<Item = &'a str>) -> String {
    candidates.into_iter().find_map(national_phone).map_or_else(
        || PLACEHOLDER_PHONE.to_owned(),
        |digits| format!("+52{digits}"),
    )
}

/// ISO 8601, `2026-03-04T10:00:00.000Z`; `None` beyond the calendar.
pub(crate) fn iso_moment(moment: Timestamp) -> Option<String> {
    DateTime::from_timestamp_micros(moment.unix_micros())
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Reads ISO 8601 with any offset.
pub(crate) fn parse_moment(text: &str) -> Option<Timestamp> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    Some(Timestamp::from_unix_micros(moment.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(clip("año nuevo", 3), "año");
        assert_eq!(code("paid\u{0}\n ñ"), "paid");
        assert_eq!(tidy("  Ana\t\u{7}María  Paz "), "Ana María Paz");
    }

    #[test]
    fn names_are_sent_in_letters() {
        for (typed, sent) in [
            ("Ana María  Paz", "Ana María Paz"),
            ("Ana3", "Ana"),
            ("Luis Johnson\\`s", "Luis Johnsons"),
            ("Ana (mamá)", "Ana mamá"),
            ("Ana 😀 O'Brien-Núñez", "Ana OBrien Núñez"),
            ("D’Angelo \"Beto\"", "DAngelo Beto"),
            ("123 😀", ""),
        ] {
            assert_eq!(letters(typed), sent, "{typed}");
        }
    }

    #[test]
    fn every_layout_of_a_mexican_phone_gives_its_ten_digits() {
        for typed in [
            "5522997233",
            "55 2299-7233",
            "+52 (55) 2299 7233",
            "525522997233",
            "+52 1 55 2299 7233",
            "5215522997233",
            "0052 55 2299 7233",
            "044 55 2299 7233",
            "045-55-2299-7233",
            "01 55 2299 7233",
            "15522997233",
            "+52 1 (55) 2299-7233 ext. 4",
            "55 2299 7233 x12",
            "Tel. 55 2299 7233 #3",
        ] {
            assert_eq!(
                national_phone(typed).as_deref(),
                Some("5522997233"),
                "{typed}"
            );
        }
        for typed in [
            "",
            "123",
            "995522997233",
            "55229972331234",
            "0123456789",
            "ext",
        ] {
            assert_eq!(national_phone(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_next_phone_steps_in() {
        assert_eq!(international_phone(["x", "5522997233"]), "+525522997233");
        assert_eq!(international_phone(["x"]), PLACEHOLDER_PHONE);
        assert_eq!(international_phone([]), PLACEHOLDER_PHONE);
    }

    #[test]
    fn offsets_of_moments_are_understood() {
        let moment = parse_moment("2024-01-15T10:30:00.000-03:00").unwrap();
        assert_eq!(
            iso_moment(moment).as_deref(),
            Some("2024-01-15T13:30:00.000Z")
        );
        assert_eq!(parse_moment("15/01/2024"), None);
    }
}
