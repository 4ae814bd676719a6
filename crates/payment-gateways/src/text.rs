//! Texts on their way out of and into the house.

/// The first `limit` characters.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// A gateway's word or code fit for columns and logs: visible ASCII, at most 120 characters.
pub(crate) fn word(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(120)
        .collect()
}

/// A name without control characters and with single blanks.
pub(crate) fn tidy(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(clip("año nuevo", 3), "año");
        assert_eq!(word("paid\u{0}\n ñ"), "paid");
        assert_eq!(tidy("  Ana\t\u{7}María  Paz "), "Ana María Paz");
    }
}
