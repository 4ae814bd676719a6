//! Plain lines on the terminal, coloured only where somebody is looking.

use std::io::{IsTerminal, Write};

/// Where the commands print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    colour: bool,
}

/// Prints one line.
pub(crate) fn line(text: &str) {
    // A closed pipe (`cargo xtask ... | head`) is the reader's choice, not our failure.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

impl Console {
    /// Colours on a terminal, none in a file, in a pipe, or where `NO_COLOR` is set.
    pub(crate) fn detect() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            colour: std::io::stdout().is_terminal() && !refused && !dumb,
        }
    }

    /// The title of a part of the output, set off by an empty line.
    pub(crate) fn heading(self, text: &str) {
        line("");
        line(&self.bold(text));
    }

    /// One line on standard error.
    pub(crate) fn error(self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{} {text}", self.red("error:"));
    }

    /// Text that stands out.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text that says that all is well.
    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Text that says that something is wrong.
    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
