//! The server: reads the configuration, wires the adapters to the application, runs HTTP and
//! workers, and shuts down in order. Nothing else is decided here.

mod cli;
mod commands;
mod config;
#[cfg(feature = "failpoints")]
mod failpoints;
mod system;
mod telemetry;
mod wiring;
mod workers;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
