//! Short texts with a limit.

/// Why a text cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("empty")]
    Empty,
    /// Longer than the column.
    #[error("longer than {max} characters")]
    TooLong {
        /// The limit in characters.
        max: usize,
    },
    /// Holds a NUL or another control character, which Postgres or a router would choke on.
    #[error("holds a control character")]
    Control,
}

/// Trims the text and checks that it is not empty, not longer than `max` characters and free of
/// control characters.
///
/// # Errors
/// [`TextError`] says which of the three it is.
pub fn required(text: &str, max: usize) -> Result<String, TextError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(TextError::Empty);
    }
    bounded(trimmed, max)
}

/// Checks length and control characters only; the text may be empty and keeps its blanks.
///
/// # Errors
/// [`TextError::TooLong`] or [`TextError::Control`].
pub fn bounded(text: &str, max: usize) -> Result<String, TextError> {
    if text.chars().any(char::is_control) {
        return Err(TextError::Control);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(text.to_owned())
}

/// As [`bounded`], but line breaks and tabs are welcome: descriptions and certificates.
///
/// # Errors
/// [`TextError::TooLong`] or [`TextError::Control`].
pub fn multiline(text: &str, max: usize) -> Result<String, TextError> {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(TextError::Control);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_characters_not_bytes() {
        assert_eq!(
            required(&"ñ".repeat(100), 100).map(|t| t.chars().count()),
            Ok(100)
        );
        assert_eq!(
            required(&"ñ".repeat(101), 100),
            Err(TextError::TooLong { max: 100 })
        );
    }

    #[test]
    fn blanks_and_control_characters_are_refused() {
        assert_eq!(required("  ", 10), Err(TextError::Empty));
        assert_eq!(required("a\0b", 10), Err(TextError::Control));
        assert_eq!(required(" a ", 10), Ok("a".to_owned()));
        assert_eq!(multiline("a\nb", 10), Ok("a\nb".to_owned()));
        assert_eq!(multiline("a\u{0}b", 10), Err(TextError::Control));
    }
}
