//! Phones as the gateways want them (docs/reference/http-contract.md, section 18).

/// Sent when neither the customer nor the company has a usable phone: Conekta requires one.
pub(crate) const PLACEHOLDER: &str = "+521234567890";

/// The ten national digits of a Mexican phone, typed with or without the country code and in any
/// layout; `None` for anything else.
pub(crate) fn national(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        10 => Some(digits),
        12 => digits.strip_prefix("52").map(str::to_owned),
        _ => None,
    }
}

/// The first usable phone with country code, else the placeholder.
pub(crate) fn international<'a>(candidates: impl IntoIterator<Item = &'a str>) -> String {
    candidates
        .into_iter()
        .find_map(national)
        .map_or_else(|| PLACEHOLDER.to_owned(), |digits| format!("+52{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_read_in_the_usual_layouts() {
        for typed in [
            "5522997233",
            "55 2299-7233",
            "+52 (55) 2299 7233",
            "525522997233",
        ] {
            assert_eq!(national(typed).as_deref(), Some("5522997233"), "{typed}");
        }
        for typed in ["", "123", "15522997233", "995522997233", "55229972331234"] {
            assert_eq!(national(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_next_candidate_steps_in() {
        assert_eq!(international(["x", "5522997233"]), "+525522997233");
        assert_eq!(international(["x"]), PLACEHOLDER);
        assert_eq!(international([]), PLACEHOLDER);
    }
}
