//! The attributes of a sentence: borrowed, and owned in one buffer.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::encoder::push_attribute;
use crate::error::EncodeError;
use crate::redact::is_secret;
use crate::sentence::Words;
use crate::text::Value;
use crate::value::{FromValue, ValueError};
use crate::word::{split_attribute, split_with_block};

/// The attributes of one sentence, borrowed from the decoder's buffer; costs no allocation.
///
/// Order and duplicates are kept; a look-up by name returns the first. A row without attributes is
/// a row: it counts.
///
/// ```
/// use routeros_proto::row::Row;
/// let row = Row::from_pairs([("name", "iu=c3Eeg"), ("comment", "")])?;
/// let row = row.view();
/// assert_eq!(row.get("name").unwrap(), "iu=c3Eeg");
/// assert!(row.get("comment").unwrap().is_empty());
/// assert!(row.get("profile").is_none());
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct RowRef<'a> {
    /// Words in wire form.
    wire: &'a [u8],
}

impl<'a> RowRef<'a> {
    /// The attributes among the words in `wire`; other words are passed over.
    #[inline]
    pub(crate) const fn from_wire(wire: &'a [u8]) -> Self {
        Self { wire }
    }

    /// All words after the first, the attributes among them.
    #[must_use]
    #[inline]
    pub const fn words(&self) -> Words<'a> {
        Words::new(self.wire)
    }

    /// Names and values in the order they came.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("b", "1"), ("a", "2")])?;
    /// let names: Vec<&[u8]> = row.view().attributes().map(|(name, _)| name).collect();
    /// assert_eq!(names, [b"b", b"a"]);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.wire }
    }

    /// The first value of `name`: `None` when missing, which is not the same as empty.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("a", "first"), ("a", "second"), ("b", "")])?;
    /// let row = row.view();
    /// assert_eq!(row.get("a").unwrap(), "first");
    /// assert!(row.get("b").is_some_and(|value| value.is_empty()));
    /// assert!(row.get("c").is_none());
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<Value<'a>> {
        let name = name.as_ref();
        self.words().find_map(|word| {
            let rest = word.strip_prefix(b"=")?.strip_prefix(name)?;
            match rest {
                [] => Some(Value::default()),
                [b'=', value @ ..] => Some(Value::new(value)),
                _ => None,
            }
        })
    }

    /// The first value of `name` as text: UTF-8, or windows-1252 where it is not; `None` when
    /// missing.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("comment", "Caf\u{e9}")])?;
    /// assert_eq!(row.text("comment").unwrap(), "Caf\u{e9}");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn text(&self, name: impl AsRef<[u8]>) -> Option<Cow<'a, str>> {
        self.get(name).map(Value::text)
    }

    /// The first value of `name`, read as a `T`.
    ///
    /// # Errors
    /// [`PropertyError`], which names the property, when it is missing or not a `T`.
    ///
    /// ```
    /// use core::time::Duration;
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("mtu", "1500"), ("uptime", "1h30m"), ("running", "true")])?;
    /// assert_eq!(row.parse::<u32>("mtu")?, 1500);
    /// assert_eq!(row.parse::<Duration>("uptime")?.as_secs(), 5400);
    /// assert!(row.parse::<bool>("running")?);
    /// let error = row.parse::<u32>("l2mtu").unwrap_err();
    /// assert_eq!(error.to_string(), "property `l2mtu` is missing");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse<T: FromValue<'a>>(&self, name: impl AsRef<[u8]>) -> Result<T, PropertyError> {
        let name = name.as_ref();
        let value = self.get(name);
        let value = value.ok_or_else(|| PropertyError::new(name, None))?;
        T::from_value(value).map_err(|error| PropertyError::new(name, Some(error)))
    }

    /// As [`parse`](Self::parse), with `None` for a property that is missing or empty.
    ///
    /// # Errors
    /// [`PropertyError`] when it has a content that is not a `T`.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// let row = Row::from_pairs([("limit", ""), ("mtu", "auto")])?;
    /// assert_eq!(row.parse_optional::<u32>("limit")?, None);
    /// assert_eq!(row.parse_optional::<u32>("missing")?, None);
    /// assert!(row.parse_optional::<u32>("mtu").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_optional<T: FromValue<'a>>(
        &self,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<T>, PropertyError> {
        let name = name.as_ref();
        let value = self.get(name).filter(|value| !value.is_empty());
        let read = |error| PropertyError::new(name, Some(error));
        value.map(T::from_value).transpose().map_err(read)
    }

    /// Number of attributes. Walks the row.
    #[must_use]
    pub fn len(&self) -> usize {
        self.attributes().count()
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes().next().is_none()
    }

    /// Bytes that the row takes on the wire, and in memory once owned: lengths and tag included.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// assert_eq!(Row::from_pairs([("name", "a")])?.view().wire_len(), 8);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub const fn wire_len(&self) -> usize {
        self.wire.len()
    }

    /// A copy that outlives the decoder's buffer: one allocation.
    ///
    /// ```
    /// use routeros_proto::{decoder::Decoder, limits::Limits, reply::ReplyRef};
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x03!re\x07=name=a\x00");
    /// let row = ReplyRef::parse(decoder.next_sentence()?.unwrap()).unwrap().row().to_owned();
    /// decoder.feed(b"the buffer may be used again");
    /// assert_eq!(row.get("name").unwrap(), "a");
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    #[must_use]
    pub fn to_owned(&self) -> Row {
        Row {
            wire: Box::from(self.wire),
        }
    }
}

impl<'a> IntoIterator for RowRef<'a> {
    type Item = (&'a [u8], Value<'a>);
    type IntoIter = Attributes<'a>;

    fn into_iter(self) -> Attributes<'a> {
        self.attributes()
    }
}

/// Two rows are equal when they hold the same attributes in the same order.
impl PartialEq for RowRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.attributes().eq(other.attributes())
    }
}

impl Eq for RowRef<'_> {}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for RowRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.attributes() {
            let shown = if is_secret(name) {
                Value::new(b"***")
            } else {
                value
            };
            map.entry(&format_args!("{}", name.escape_ascii()), &shown);
        }
        map.finish()
    }
}

/// Iterator over the names and values of a [`RowRef`].
#[derive(Clone)]
pub struct Attributes<'a> {
    /// Words in wire form.
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some([length @ 0..0x80, b'=', block @ ..]) = self.rest.first_chunk::<10>() {
            let (word, rest) = self.rest.get(1..)?.split_at_checked(usize::from(*length))?;
            self.rest = rest;
            let (name, value) = split_with_block(word, *block);
            return Some((name, Value::new(value)));
        }
        self.next_of_any_kind()
    }
}

impl<'a> Attributes<'a> {
    /// As `next`, also for long words, words that are no attribute, and the end of the sentence.
    #[cold]
    fn next_of_any_kind(&mut self) -> Option<(&'a [u8], Value<'a>)> {
        let mut words = Words::new(self.rest);
        let found = words.find_map(split_attribute);
        self.rest = words.wire();
        found.map(|(name, value)| (name, Value::new(value)))
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RowRef::from_wire(self.rest).fmt(f)
    }
}

impl core::iter::FusedIterator for Attributes<'_> {}

/// An owned row in a single buffer.
///
/// ```
/// use routeros_proto::row::Row;
/// let row = Row::from_pairs([(".id", "*1A"), ("name", "V7K2")])?;
/// assert_eq!(row.get("name").unwrap(), "V7K2");
/// assert_eq!(row.view().len(), 2);
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct Row {
    /// Words in wire form, as they came.
    wire: Box<[u8]>,
}

impl Row {
    /// Builds a row from names and values, for tests and servers.
    ///
    /// # Errors
    /// [`EncodeError`] for a name or value that no wire word can carry.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// assert_eq!(Row::from_pairs([("name", "a")])?.view().len(), 1);
    /// assert!(Row::from_pairs([("na=me", "a")]).is_err());
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, EncodeError>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let mut wire = Vec::new();
        for (name, value) in pairs {
            push_attribute(&mut wire, name.as_ref(), value.as_ref())?;
        }
        Ok(Self {
            wire: wire.into_boxed_slice(),
        })
    }

    /// The row as a borrowed one, which has all the views.
    #[must_use]
    pub const fn view(&self) -> RowRef<'_> {
        RowRef::from_wire(&self.wire)
    }

    /// The first value of `name`: `None` when missing.
    #[must_use]
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<Value<'_>> {
        self.view().get(name)
    }

    /// The first value of `name` as text; see [`RowRef::text`].
    #[must_use]
    pub fn text(&self, name: impl AsRef<[u8]>) -> Option<Cow<'_, str>> {
        self.view().text(name)
    }

    /// The first value of `name`, read as a `T`; see [`RowRef::parse`].
    ///
    /// # Errors
    /// [`PropertyError`], which names the property, when it is missing or not a `T`.
    pub fn parse<'a, T: FromValue<'a>>(
        &'a self,
        name: impl AsRef<[u8]>,
    ) -> Result<T, PropertyError> {
        self.view().parse(name)
    }

    /// As [`parse`](Self::parse), with `None` for a property that is missing or empty; see
    /// [`RowRef::parse_optional`].
    ///
    /// # Errors
    /// [`PropertyError`] when it has a content that is not a `T`.
    pub fn parse_optional<'a, T: FromValue<'a>>(
        &'a self,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<T>, PropertyError> {
        self.view().parse_optional(name)
    }

    /// Names and values in the order they came.
    #[must_use]
    pub const fn attributes(&self) -> Attributes<'_> {
        self.view().attributes()
    }
}

/// A property that is missing, or not of the type asked for. Its value is not in the error: it may
/// be anything, also a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyError {
    name: Box<str>,
    problem: Option<ValueError>,
}

impl PropertyError {
    fn new(name: &[u8], problem: Option<ValueError>) -> Self {
        Self {
            name: Value::new(name).lossy().into(),
            problem,
        }
    }

    /// The property.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the row does not have it.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.problem.is_none()
    }
}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            None => write!(f, "property `{}` is missing", self.name),
            Some(problem) => write!(f, "property `{}` is {problem}", self.name),
        }
    }
}

impl core::error::Error for PropertyError {}

impl From<RowRef<'_>> for Row {
    fn from(row: RowRef<'_>) -> Self {
        row.to_owned()
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for Row {}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
