//! What a client asked, as a server reads it.

use core::fmt;

use crate::reply::find_tag;
use crate::row::RowRef;
use crate::sentence::SentenceRef;
use crate::word::Word;

/// A command, borrowed from the decoder's buffer.
///
/// ```
/// use routeros_proto::{decoder::Decoder, limits::Limits, request::CommandRef};
/// let mut decoder = Decoder::new(Limits::before_login());
/// decoder.feed(b"\x07/cancel\x06=tag=2\x06.tag=3\x00");
/// let command = CommandRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
/// assert_eq!(command.path(), b"/cancel");
/// assert_eq!(command.tag(), Some(&b"3"[..]));
/// assert_eq!(command.attributes().get("tag").unwrap(), "2");
/// # Ok::<(), routeros_proto::error::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct CommandRef<'a> {
    path: &'a [u8],
    tag: Option<&'a [u8]>,
    row: RowRef<'a>,
}

impl<'a> CommandRef<'a> {
    /// Reads a sentence as a command.
    ///
    /// # Errors
    /// [`NotACommand`] when the first word does not start with `/`.
    ///
    /// ```
    /// use routeros_proto::{decoder::Decoder, limits::Limits, request::{CommandRef, NotACommand}};
    /// let mut decoder = Decoder::new(Limits::before_login());
    /// decoder.feed(b"\x05!done\x00");
    /// let sentence = decoder.next_sentence()?.unwrap();
    /// assert_eq!(CommandRef::parse(sentence).unwrap_err(), NotACommand);
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn parse(sentence: SentenceRef<'a>) -> Result<Self, NotACommand> {
        let mut words = sentence.words();
        let path = words
            .next()
            .filter(|path| path.starts_with(b"/"))
            .ok_or(NotACommand)?;
        let row = RowRef::from_wire(words.wire());
        Ok(Self {
            path,
            tag: find_tag(words),
            row,
        })
    }

    /// The whole command word, such as `/ip/hotspot/user/add`.
    #[must_use]
    pub const fn path(&self) -> &'a [u8] {
        self.path
    }

    /// The command word cut at its last slash: `/ip/hotspot/user` and `add`.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, request::CommandRef};
    /// # let mut decoder = Decoder::new(Limits::before_login());
    /// decoder.feed(b"\x14/ip/hotspot/user/add\x00");
    /// # let command = CommandRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
    /// assert_eq!(command.menu_and_verb(), (&b"/ip/hotspot/user"[..], &b"add"[..]));
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    #[must_use]
    pub fn menu_and_verb(&self) -> (&'a [u8], &'a [u8]) {
        let cut = self
            .path
            .iter()
            .rposition(|byte| *byte == b'/')
            .unwrap_or_default();
        let (menu, verb) = self.path.split_at_checked(cut).unwrap_or_default();
        (menu, verb.get(1..).unwrap_or_default())
    }

    /// The tag to echo. An empty tag is none.
    #[must_use]
    pub const fn tag(&self) -> Option<&'a [u8]> {
        self.tag
    }

    /// The `=name=value` words.
    #[must_use]
    pub const fn attributes(&self) -> RowRef<'a> {
        self.row
    }

    /// The query words in order, each without its question mark.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, request::CommandRef};
    /// # let mut decoder = Decoder::new(Limits::before_login());
    /// decoder.feed(b"\x08/a/print\x05?=a=1\x02?b\x03?#|\x00");
    /// # let command = CommandRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
    /// assert_eq!(command.queries().collect::<Vec<_>>(), [&b"=a=1"[..], b"b", b"#|"]);
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn queries(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        self.row.words().filter_map(|word| word.strip_prefix(b"?"))
    }

    /// The names in `.proplist`; `None` when all properties are wanted.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, request::CommandRef};
    /// # let mut decoder = Decoder::new(Limits::before_login());
    /// decoder.feed(b"\x08/a/print\x10=.proplist=a,.id\x00");
    /// # let command = CommandRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
    /// assert_eq!(command.proplist().unwrap().collect::<Vec<_>>(), [&b"a"[..], b".id"]);
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    #[must_use]
    pub fn proplist(&self) -> Option<impl Iterator<Item = &'a [u8]> + Clone + use<'a>> {
        let list = self.attributes().get(".proplist")?;
        Some(
            list.as_bytes()
                .split(|byte| *byte == b',')
                .filter(|name| !name.is_empty()),
        )
    }
}

/// Values of secret attributes are shown as `***`.
impl fmt::Debug for CommandRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = core::iter::once(Word::Command(self.path));
        f.debug_list()
            .entries(path.chain(self.row.words().map(Word::parse)))
            .finish()
    }
}

/// A sentence that should be a command but is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACommand;

impl fmt::Display for NotACommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sentence does not start with a command word")
    }
}

impl core::error::Error for NotACommand {}
