//! The sentences that answer one command, in wire form with their borders known.

use routeros_proto::reply::{ReplyKind, write};

use crate::refusal::Refusal;

/// Which kind of sentence one is, as far as faults and the transcript care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `!re`.
    Row,
    /// `!done`.
    Done,
    /// Anything else.
    Other,
}

/// Complete sentences in one buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replies {
    bytes: Vec<u8>,
    ends: Vec<(usize, Part)>,
}

impl Replies {
    /// Appends a sentence with these attributes.
    pub(crate) fn push<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        kind: ReplyKind<'_>,
        tag: &[u8],
        attributes: impl IntoIterator<Item = (N, V)>,
    ) {
        let part = match kind {
            ReplyKind::Re => Part::Row,
            ReplyKind::Done => Part::Done,
            _ => Part::Other,
        };
        let mut sentence = write(&mut self.bytes, kind, tag);
        for (name, value) in attributes {
            sentence = sentence.attribute(name, value);
        }
        // Names come from the schema and values from decoded words, so this always fits; a
        // sentence that did not would be taken back whole.
        if sentence.finish().is_ok() {
            self.ends.push((self.bytes.len(), part));
        }
    }

    /// Appends a sentence without attributes.
    pub(crate) fn bare(&mut self, kind: ReplyKind<'_>, tag: &[u8]) {
        self.push(kind, tag, std::iter::empty::<(&str, &str)>());
    }

    /// Appends `!done`.
    pub(crate) fn done(&mut self, tag: &[u8]) {
        self.bare(ReplyKind::Done, tag);
    }

    /// Appends `!done` with `=ret=`.
    pub(crate) fn done_with(&mut self, tag: &[u8], ret: impl AsRef<[u8]>) {
        self.push(ReplyKind::Done, tag, [("ret", ret)]);
    }

    /// Appends `!trap`, which ends nothing.
    pub(crate) fn trap(&mut self, tag: &[u8], refusal: &Refusal) {
        let category = refusal.category.map(|number| number.to_string());
        let attributes = category
            .iter()
            .map(|number| ("category", number.as_str()))
            .chain([("message", refusal.message.as_str())]);
        self.push(ReplyKind::Trap, tag, attributes);
    }

    /// A trap and the end.
    pub(crate) fn refusal(tag: &[u8], refusal: &Refusal) -> Self {
        let mut replies = Self::default();
        replies.trap(tag, refusal);
        replies.done(tag);
        replies
    }

    /// Only the end.
    pub(crate) fn only_done(tag: &[u8]) -> Self {
        let mut replies = Self::default();
        replies.done(tag);
        replies
    }

    /// `!fatal` with its reason as a bare word and no tag.
    pub(crate) fn fatal(reason: &str) -> Self {
        let mut replies = Self::default();
        let sentence = write(&mut replies.bytes, ReplyKind::Fatal, b"").word(reason);
        if sentence.finish().is_ok() {
            replies.ends.push((replies.bytes.len(), Part::Other));
        }
        replies
    }

    /// Appends bytes as if they were a sentence.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.append(bytes, Part::Other);
    }

    /// Appends a sentence in wire form.
    pub(crate) fn append(&mut self, bytes: &[u8], part: Part) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push((self.bytes.len(), part));
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Sentences with their kind, in order.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = (&[u8], Part)> {
        let mut start = 0;
        self.ends.iter().map(move |(end, part)| {
            let sentence = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            (sentence, *part)
        })
    }

    /// Appends all of `other`.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (sentence, part) in other.sentences() {
            self.append(sentence, part);
        }
    }
}
