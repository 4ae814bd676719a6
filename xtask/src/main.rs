//! The project's own commands, run as `cargo xtask <command>`.
//!
//! Everything that a person or the continuous integration runs on this workspace starts here, so that
//! both do the same thing. This crate knows the other crates only as binaries and as files.

mod cli;
mod console;
mod demo;
mod http;
mod layers;
mod openapi;
mod postgres;
mod process;
mod runs;
mod session;
mod syntax;
mod testing;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) if error.is::<process::interrupt::Interrupted>() => ExitCode::from(130),
        Err(error) => {
            console::Console::detect().error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
