//! What a server prints, read as it comes.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Everything printed so far.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Reads a pipe to its end, in a thread of its own.
    pub(crate) fn follow(&self, pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let log = self.clone();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(pipe);
            let mut bytes = Vec::new();
            while lines
                .read_until(b'\n', &mut bytes)
                .is_ok_and(|count| count > 0)
            {
                let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
                log.0.lock().unwrap().push(line);
                bytes.clear();
            }
        })
    }

    /// What follows `start` on the first line that begins with it.
    pub(crate) fn after(&self, start: &str) -> Option<String> {
        let lines = self.0.lock().unwrap();
        let found = lines.iter().find_map(|line| line.strip_prefix(start));
        found.map(str::to_owned)
    }

    /// Whether a line contains this.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.0
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.contains(text))
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let lines = self.0.lock().unwrap();
        let start = lines.len().saturating_sub(40);
        lines[start..].join("\n")
    }
}
