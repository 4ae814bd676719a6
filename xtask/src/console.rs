//! Plain lines on the terminal, coloured only on a terminal.

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

/// Whether the user asked for no colours.
pub(crate) fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Prints what a check found, and that it found nothing.
pub(crate) fn problems(console: Console, check: &str, problems: &[String]) {
    for problem in problems {
        line(&format!("  {} {problem}", console.red("x")));
    }
    match problems.len() {
        0 => line(&format!("{check}: clean")),
        1 => line(&format!("{check}: 1 problem")),
        count => line(&format!("{check}: {count} problems")),
    }
}

impl Console {
    /// Colours on a terminal, none in a file, in a pipe, or where `NO_COLOR` is set.
    pub(crate) fn detect() -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            colour: std::io::stdout().is_terminal() && !no_colour() && !dumb,
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
