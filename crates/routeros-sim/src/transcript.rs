//! What was said on the connections, with secrets left out.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Mutex;

use routeros_proto::decoder::Decoder;
use routeros_proto::limits::Limits;
use routeros_proto::sentence::SentenceRef;

use crate::replies::{Part, Replies};
use crate::sync::lock;

/// Lines kept; older ones go.
const MOST_LINES: usize = 2_000;

/// Characters kept of one line.
const MOST_CHARS: usize = 400;

/// Rows of one answer that are written down; the rest is counted.
const MOST_ROWS: usize = 20;

/// The latest lines.
#[derive(Debug)]
pub(crate) struct Transcript {
    lines: Mutex<VecDeque<String>>,
    enabled: bool,
}

impl Transcript {
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            lines: Mutex::default(),
            enabled,
        }
    }

    /// Writes down a command.
    pub(crate) fn command(&self, connection: u64, sentence: &SentenceRef<'_>) {
        if self.enabled {
            self.line(format!("#{connection} > {sentence:?}"));
        }
    }

    /// Writes down an answer.
    pub(crate) fn replies(&self, connection: u64, replies: &Replies) {
        if !self.enabled {
            return;
        }
        let mut rows = 0_usize;
        for (sentence, part) in replies.sentences() {
            if part == Part::Row {
                rows += 1;
                if rows > MOST_ROWS {
                    continue;
                }
            } else if rows > MOST_ROWS {
                self.line(format!(
                    "#{connection} < ... {} more rows",
                    rows - MOST_ROWS
                ));
                rows = 0;
            }
            self.line(format!("#{connection} < {}", shown(sentence)));
        }
    }

    /// Writes down an event.
    pub(crate) fn event(&self, connection: u64, text: &str) {
        if self.enabled {
            self.line(format!("#{connection} - {text}"));
        }
    }

    /// The lines, oldest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        lock(&self.lines).iter().cloned().collect()
    }

    fn line(&self, mut line: String) {
        if let Some((cut, _)) = line.char_indices().nth(MOST_CHARS) {
            line.truncate(cut);
            line.push_str("...");
        }
        let mut lines = lock(&self.lines);
        if lines.len() >= MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

/// A sentence in wire form, for reading; secrets as `***`.
fn shown(sentence: &[u8]) -> String {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(sentence);
    if let Ok(Some(sentence)) = decoder.next_sentence() {
        return format!("{sentence:?}");
    }
    let mut text = String::from("bytes");
    for byte in sentence.iter().take(16) {
        // Writing to a `String` cannot fail.
        let _infallible = write!(text, " {byte:02X}");
    }
    text
}
