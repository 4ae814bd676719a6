//! Texts inside of RouterOS scripts.
//!
//! A script is pasted into a terminal or imported, and mixes our commands with names that people
//! typed. A name must stay a name: inside of quotes RouterOS still reads `"`, `\`, `$` (variables
//! and commands in brackets), and a terminal reads `?` (help), tabs and line ends. All of them,
//! and every byte that is not printable ASCII, are written as `\XX`, which version 6 and version 7
//! read alike (`\?` is gone since 7.1).

use std::fmt::Write as _;

/// A RouterOS string literal, quotes included.
///
/// ```
/// use router_kit::quote::quoted;
/// assert_eq!(quoted("Patio 2"), r#""Patio 2""#);
/// assert_eq!(quoted(r#"a"b$c?"#), r#""a\22b\24c\3F""#);
/// assert_eq!(quoted("é"), r#""\C3\A9""#);
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for byte in text.bytes() {
        if is_plain(byte) {
            literal.push(char::from(byte));
        } else {
            let _ = write!(literal, "\\{byte:02X}");
        }
    }
    literal.push('"');
    literal
}

/// Whether a byte stands for itself inside of quotes, on every version and in a terminal.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$' | b'?' | b'`')
}

/// A text for a comment line or for `:put`: one line of ASCII without anything that a terminal
/// acts upon. Spanish letters lose their accents, other letters become `_`.
///
/// ```
/// use router_kit::quote::plain_line;
/// assert_eq!(plain_line("Café «Ñandú»\n/system reset"), "Cafe _Nandu_ /system reset");
/// ```
#[must_use]
pub fn plain_line(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'Á' => 'A',
            'É' => 'E',
            'Í' => 'I',
            'Ó' => 'O',
            'Ú' | 'Ü' => 'U',
            'Ñ' => 'N',
            '?' | '`' => '_',
            ' '..='~' => letter,
            letter if letter.is_control() || letter.is_whitespace() => ' ',
            _ => '_',
        })
        .collect()
}
