//! A command as the simulator keeps it, beyond the buffer it came in.

use routeros_proto::request::CommandRef;

/// A command with its words taken apart.
#[derive(Clone)]
pub(crate) struct Request {
    /// Command word; lossy, since no menu has a name that is not text.
    pub(crate) path: String,
    /// Tag to echo; empty for none.
    pub(crate) tag: Vec<u8>,
    /// `=name=value` words, in order.
    pub(crate) attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Query words, each without its question mark.
    pub(crate) queries: Vec<Vec<u8>>,
}

impl Request {
    pub(crate) fn read(command: &CommandRef<'_>) -> Self {
        Self {
            path: String::from_utf8_lossy(command.path()).into_owned(),
            tag: command.tag().unwrap_or_default().to_vec(),
            attributes: command
                .attributes()
                .attributes()
                .map(|(name, value)| (name.to_vec(), value.as_bytes().to_vec()))
                .collect(),
            queries: command.queries().map(<[u8]>::to_vec).collect(),
        }
    }

    /// The first value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name.as_bytes())
            .map(|(_, value)| value.as_slice())
    }

    /// Whether a switch such as `=count-only=` is given. `no` and `false` switch it off.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| !matches!(value, b"no" | b"false"))
    }

    /// The command word cut at its last slash.
    pub(crate) fn menu_and_verb(&self) -> (&str, &str) {
        self.path.rsplit_once('/').unwrap_or(("", ""))
    }
}
