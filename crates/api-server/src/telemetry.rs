//! Logs, and the few lines that go to the terminal directly.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging to standard error. `RUST_LOG` decides how much; never secrets or customers'
/// data, whatever the level.
pub(crate) fn start(config: &Config) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_unset| EnvFilter::new(if config.debug { "debug" } else { "info" }));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours for people, none for files and collectors.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.init(),
    }
}

/// A line for whoever started the program.
#[expect(
    clippy::print_stdout,
    reason = "a command line program answers on standard output"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A complaint for whoever started the program.
#[expect(
    clippy::print_stderr,
    reason = "before logging is set up, or beside it on failure"
)]
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}
