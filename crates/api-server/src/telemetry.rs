//! Logs, and the few lines that go to the terminal directly.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Config, LogFormat};

/// Starts logging to standard error. `RUST_LOG` decides how much; never secrets or customers'
/// data, whatever the level.
pub(crate) fn start(config: &Config) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_unset| EnvFilter::new(if config.debug { "debug" } else { "info" }));
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(|metadata| !shows_parameters(metadata)));
    let lines = fmt::layer()
        // Colours are for people: a file or a collector gets plain text.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => {
            // The innermost span is the last of the list already.
            let lines = lines.json().flatten_event(true).with_current_span(false);
            registry.with(lines).init();
        }
        LogFormat::Text => registry.with(lines).init(),
    }
}

/// Below `info` the database driver shows the parameters of each statement, and with them names,
/// e-mails and phones of customers.
fn shows_parameters(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("tokio_postgres::query") && *metadata.level() > Level::INFO
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
