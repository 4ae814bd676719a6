//! A Postgres for the demo and the tests.
//!
//! In this order: the address in the environment; a private server from binaries on this machine; on
//! Debian and Ubuntu, as root, the distribution's package; else one line that says what to install.

pub(crate) mod account;
pub(crate) mod binaries;
mod install;
mod server;
pub(crate) mod source;

use std::process::ExitCode;

use crate::console;
use crate::session::Session;

/// `cargo xtask postgres`: a private server until Ctrl-C.
pub(crate) fn run(session: &Session) -> anyhow::Result<ExitCode> {
    let database = source::private(session)?;
    console::line(&format!("DATABASE_URL={}", database.url()));
    console::line("Ctrl-C ends it and removes its data.");
    session.interrupt.wait();
    Ok(ExitCode::SUCCESS)
}
