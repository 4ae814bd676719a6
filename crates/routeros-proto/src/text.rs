//! Values are bytes; text is a view that the caller picks.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// The bytes of a value, with views as text.
///
/// A router does not say in which encoding a value was typed, and one table can hold several, so
/// nothing here fails a row because of its text.
///
/// ```
/// use routeros_proto::text::Value;
/// let value = Value::new(b"Caf\xE9");
/// assert!(value.utf8().is_err());
/// assert_eq!(value.windows_1252(), "Caf\u{e9}");
/// assert_eq!(value.text(), "Caf\u{e9}");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// Wraps the bytes of a value.
    #[must_use]
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes as they came.
    #[must_use]
    #[inline]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether the value is there but empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The value as UTF-8.
    ///
    /// # Errors
    /// [`core::str::Utf8Error`] when it is not; the bytes stay at hand.
    ///
    /// ```
    /// use routeros_proto::text::Value;
    /// assert_eq!(Value::new("ñ".as_bytes()).utf8(), Ok("ñ"));
    /// assert!(Value::new(b"\xF1").utf8().is_err());
    /// ```
    pub const fn utf8(self) -> Result<&'a str, core::str::Utf8Error> {
        core::str::from_utf8(self.0)
    }

    /// The value as UTF-8 with U+FFFD for what is not.
    ///
    /// ```
    /// use routeros_proto::text::Value;
    /// assert_eq!(Value::new(b"a\xF1o").lossy(), "a\u{FFFD}o");
    /// ```
    #[must_use]
    pub fn lossy(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// The value as windows-1252, the usual code page of old tools. Total: the five bytes that the
    /// code page leaves undefined become the control characters of the same number.
    ///
    /// ```
    /// use routeros_proto::text::Value;
    /// assert_eq!(Value::new(b"a\xF1o \x80").windows_1252(), "año €");
    /// assert_eq!(Value::new(b"\x81").windows_1252(), "\u{81}");
    /// ```
    #[must_use]
    pub fn windows_1252(self) -> Cow<'a, str> {
        match self.utf8() {
            Ok(text) if text.is_ascii() => Cow::Borrowed(text),
            _ => Cow::Owned(self.0.iter().map(|byte| from_windows_1252(*byte)).collect()),
        }
    }

    /// UTF-8 when it is that, windows-1252 otherwise: the best guess for showing a value.
    ///
    /// ```
    /// use routeros_proto::text::Value;
    /// assert_eq!(Value::new("año".as_bytes()).text(), Value::new(b"a\xF1o").text());
    /// ```
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self.utf8() {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self.windows_1252(),
        }
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Value<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl PartialEq<str> for Value<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Value<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The character of one windows-1252 byte.
fn from_windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x82 => '‚',
        0x83 => 'ƒ',
        0x84 => '„',
        0x85 => '…',
        0x86 => '†',
        0x87 => '‡',
        0x88 => 'ˆ',
        0x89 => '‰',
        0x8A => 'Š',
        0x8B => '‹',
        0x8C => 'Œ',
        0x8E => 'Ž',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x98 => '˜',
        0x99 => '™',
        0x9A => 'š',
        0x9B => '›',
        0x9C => 'œ',
        0x9E => 'ž',
        0x9F => 'Ÿ',
        // Latin-1, ASCII and the five undefined bytes: the code point of the same number.
        other => char::from(other),
    }
}
