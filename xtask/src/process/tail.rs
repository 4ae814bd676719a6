//! The last lines that a child printed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Lines kept for an error message.
const KEPT: usize = 30;
/// Bytes of one line; longer ones are cut into several.
const LINE: u64 = 4096;

/// What a child printed last, on either stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<String>,
    awaited: Option<String>,
    seen: bool,
}

impl Tail {
    /// Remembers whether a line with this text comes by.
    pub(crate) fn awaiting(text: &str) -> Self {
        let tail = Self::default();
        tail.lock().awaited = Some(text.to_owned());
        tail
    }

    /// Reads a stream to its end, beside.
    pub(crate) fn read(&self, stream: impl Read + Send + 'static) -> JoinHandle<()> {
        let tail = self.clone();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while let Ok(1..) = stream.by_ref().take(LINE).read_until(b'\n', &mut line) {
                tail.push(String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        })
    }

    /// Whether the awaited line came by.
    pub(crate) fn seen(&self) -> bool {
        self.lock().seen
    }

    /// The last lines, for a message.
    pub(crate) fn text(&self) -> String {
        self.lock().lines.iter().fold(String::new(), |text, line| {
            text + "
    " + line
        })
    }

    fn push(&self, line: &str) {
        let mut state = self.lock();
        if state
            .awaited
            .as_deref()
            .is_some_and(|awaited| line.contains(awaited))
        {
            state.seen = true;
        }
        if state.lines.len() == KEPT {
            state.lines.pop_front();
        }
        state.lines.push_back(line.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Tail};

    #[test]
    fn keeps_the_last_lines_and_notices_the_awaited_one() {
        let lines: Vec<_> = (0..KEPT + 5)
            .map(|number| format!("line {number}"))
            .collect();
        let tail = Tail::awaiting("line 3");
        tail.read(std::io::Cursor::new(lines.join("\n")))
            .join()
            .unwrap();
        assert!(tail.seen());
        assert!(!tail.text().contains("line 4\n"), "{}", tail.text());
        assert!(
            tail.text().ends_with(&format!("line {}", KEPT + 4)),
            "{}",
            tail.text()
        );
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let tail = Tail::awaiting("never");
        tail.read(std::io::Cursor::new("x".repeat(10_000)))
            .join()
            .unwrap();
        assert!(!tail.seen());
        assert_eq!(
            tail.text().lines().filter(|line| !line.is_empty()).count(),
            3
        );
    }
}
