//! What a client asks, as it builds it.

use alloc::vec::Vec;
use core::fmt;

use crate::encoder::{push_attribute, push_tag, push_word};
use crate::error::EncodeError;
use crate::query::Query;
use crate::redact::is_secret;
use crate::secret::{grow, wipe};
use crate::sentence::Words;
use crate::word::Word;

/// Bytes of a word beside name and value: the length, and marks such as `?=` and `=`.
const WORD_OVERHEAD: usize = 8;

/// A command under construction.
///
/// Building never fails; the first mistake (an empty name, a name with `=`) is kept and reported
/// by [`encode`](Self::encode), so nothing malformed can reach the wire. Values may hold any
/// bytes: the length before a word says where it ends, so a value cannot become another word.
///
/// ```
/// use routeros_proto::command::Command;
/// let command = Command::new("/ip/hotspot/user/print")
///     .proplist(&[".id", "name"])
///     .query_equal("name", "V7K2");
/// let mut out = Vec::new();
/// command.encode(Some(b"14"), &mut out)?;
/// assert!(out.ends_with(b"\x0b?=name=V7K2\x07.tag=14\x00"));
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct Command {
    wire: Vec<u8>,
    error: Option<EncodeError>,
    secret: bool,
}

impl Command {
    /// A command such as `/ip/hotspot/user/add`.
    ///
    /// ```
    /// use routeros_proto::command::Command;
    /// assert!(Command::new("/ip/hotspot/user/print").error().is_none());
    /// assert!(Command::new("no slash").error().is_some());
    /// ```
    #[must_use]
    pub fn new(path: impl AsRef<[u8]>) -> Self {
        let path = path.as_ref();
        let command = Self {
            wire: Vec::new(),
            error: None,
            secret: false,
        };
        command.with(path.len(), |wire| match path {
            [b'/', _, ..] => push_word(wire, &[path]),
            _ => Err(EncodeError::InvalidCommand),
        })
    }

    /// Adds `=name=value`. The value is sent as it is, whatever it holds; an empty one sets empty.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// let mut out = Vec::new();
    /// Command::new("/a/set").attribute("comment", "x=1\n/b").encode(None, &mut out)?;
    /// assert_eq!(out, b"\x06/a/set\x0f=comment=x=1\n/b\x00");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn attribute(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        self.secret |= is_secret(name);
        let size = name.len().saturating_add(value.len());
        self.with(size, |wire| push_attribute(wire, name, value))
    }

    /// Adds `=name=`, the form of switches such as `count-only`, `once` or `follow`.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// let mut out = Vec::new();
    /// Command::new("/ip/hotspot/user/print").flag("count-only").encode(None, &mut out)?;
    /// assert!(out.ends_with(b"\x0c=count-only=\x00"));
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn flag(self, name: impl AsRef<[u8]>) -> Self {
        self.attribute(name, b"")
    }

    /// Adds `=.proplist=a,b`: the properties that rows should carry. Rows may carry more.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// let print = Command::new("/interface/print").proplist(&["name", "type"]);
    /// assert_eq!(format!("{print:?}"), "[/interface/print, =.proplist=name,type]");
    /// ```
    #[must_use]
    pub fn proplist<N: AsRef<[u8]>>(self, names: &[N]) -> Self {
        let mut list = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                list.push(b',');
            }
            list.extend_from_slice(name.as_ref());
        }
        self.attribute(".proplist", list)
    }

    /// Adds `?=name=value`: only items whose property equals the value. Several are joined by AND.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// // Whatever the value looks like, it stays a value.
    /// let print = Command::new("/ip/hotspot/user/print").query_equal("name", "-x=#!");
    /// assert_eq!(format!("{print:?}"), "[/ip/hotspot/user/print, ?=name=-x=#!]");
    /// ```
    #[must_use]
    pub fn query_equal(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        if name.is_empty() || name.contains(&b'=') {
            return self.with(0, |_| Err(EncodeError::InvalidName));
        }
        self.secret |= is_secret(name);
        let size = name.len().saturating_add(value.len());
        self.with(size, |wire| push_word(wire, &[b"?=", name, b"=", value]))
    }

    /// Adds the words of a query, which only `print` and its kin read.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// use routeros_proto::query::Query;
    /// let print = Command::new("/interface/print")
    ///     .query(&Query::equal("type", "ether").and(!Query::has("comment")));
    /// assert_eq!(format!("{print:?}"), "[/interface/print, ?=type=ether, ?comment, ?#!&]");
    /// ```
    #[must_use]
    pub fn query(mut self, query: &Query) -> Self {
        self.secret |= query.is_secret();
        let size = if self.secret { query.size() } else { 0 };
        self.with(size, |wire| query.encode(wire))
    }

    /// Adds a word as it is, for forms that the other methods do not know. It must be an attribute
    /// (`=...`) or part of a query (`?...`): any other word, such as `.tag=1`, could change whose
    /// answer this is, and is refused with [`EncodeError::ReservedWord`].
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// let unset = Command::new("/ip/hotspot/user/set").attribute(".id", "*1").word("=!limit-uptime=");
    /// assert!(unset.error().is_none());
    /// assert!(Command::new("/a/print").word(".tag=1").error().is_some());
    /// ```
    #[must_use]
    pub fn word(mut self, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        if !matches!(content, [] | [b'=' | b'?', ..]) {
            return self.with(0, |_| Err(EncodeError::ReservedWord));
        }
        self.secret |= match Word::parse(content) {
            Word::Attribute { name, .. } => is_secret(name),
            Word::Query(query) => is_secret(query),
            _ => false,
        };
        self.with(content.len(), |wire| push_word(wire, &[content]))
    }

    /// The first mistake made while building, if any.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// use routeros_proto::error::EncodeError;
    /// let wrong = Command::new("/a").attribute("a=b", "x");
    /// assert_eq!(wrong.error(), Some(EncodeError::InvalidName));
    /// ```
    #[must_use]
    pub const fn error(&self) -> Option<EncodeError> {
        self.error
    }

    /// Whether an attribute holds a secret, so that buffers it passes through should be wiped.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// assert!(Command::new("/login").attribute("password", "hunter2").is_secret());
    /// assert!(!Command::new("/login").attribute("name", "admin").is_secret());
    /// ```
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether it is a command of the connection's own, `/login` or `/cancel`, in any spelling that a
    /// router may accept.
    pub(crate) fn is_reserved(&self) -> bool {
        let mut parts = self
            .path()
            .split(|byte| *byte == b'/' || byte.is_ascii_whitespace())
            .filter(|part| !part.is_empty());
        let first = parts.next().unwrap_or_default();
        let is = |name: &[u8]| first.eq_ignore_ascii_case(name);
        parts.next().is_none() && (is(b"login") || is(b"cancel"))
    }

    /// The command word, such as `/ip/address/print`; empty when it was built wrongly.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// assert_eq!(Command::new("/ip/address/print").path(), b"/ip/address/print");
    /// ```
    #[must_use]
    pub fn path(&self) -> &[u8] {
        Words::new(&self.wire).next().unwrap_or_default()
    }

    /// Whether repeating it changes nothing: its last word is one of those that only read, such
    /// as `print`, `getall`, `find` and `listen`.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// assert!(Command::new("/ip/address/print").is_read());
    /// assert!(!Command::new("/ip/address/add").is_read());
    /// ```
    #[must_use]
    pub fn is_read(&self) -> bool {
        let verb = self.path().rsplit(|byte| *byte == b'/').next();
        verb.is_some_and(|verb| matches!(verb, b"print" | b"getall" | b"find" | b"listen" | b"get"))
    }

    /// Bytes on the wire, without tag and terminator.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// assert_eq!(Command::new("/login").wire_len(), 7);
    /// ```
    #[must_use]
    pub const fn wire_len(&self) -> usize {
        self.wire.len()
    }

    /// Appends the sentence to `out`, with `.tag` last when given.
    ///
    /// # Errors
    /// The first mistake made while building, or [`EncodeError::EmptyTag`]; `out` is unchanged
    /// then.
    ///
    /// ```
    /// # use routeros_proto::command::Command;
    /// let mut out = Vec::new();
    /// Command::new("/quit").encode(Some(b"7"), &mut out)?;
    /// assert_eq!(out, b"\x05/quit\x06.tag=7\x00");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    pub fn encode(&self, tag: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let start = out.len();
        out.reserve(
            self.wire
                .len()
                .saturating_add(tag.map_or(0, <[u8]>::len))
                .saturating_add(16),
        );
        out.extend_from_slice(&self.wire);
        if let Some(tag) = tag
            && let Err(error) = push_tag(out, tag)
        {
            out.truncate(start);
            return Err(error);
        }
        out.push(0);
        Ok(())
    }

    /// The same with this mistake, unless there is one already.
    #[cfg(feature = "serde")]
    pub(crate) fn failed(self, error: EncodeError) -> Self {
        self.with(0, |_| Err(error))
    }

    /// A place-holder that cannot be sent.
    #[cfg(feature = "serde")]
    pub(crate) const fn empty() -> Self {
        Self {
            wire: Vec::new(),
            error: Some(EncodeError::InvalidCommand),
            secret: false,
        }
    }

    /// Adds a word with at most `size` bytes from the caller.
    fn with(
        mut self,
        size: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Self {
        if self.error.is_none() {
            if self.secret {
                grow(&mut self.wire, size.saturating_add(WORD_OVERHEAD));
            }
            self.error = write(&mut self.wire).err();
        }
        self
    }
}

/// Values of secret attributes are shown as `***`.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(Words::new(&self.wire).map(Word::parse))
            .finish()?;
        match self.error {
            Some(error) => write!(f, " ({error})"),
            None => Ok(()),
        }
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        if self.secret {
            wipe(&mut self.wire);
        }
    }
}
