//! Building the programs that the demo runs.

use std::path::PathBuf;

use anyhow::bail;

use crate::console;
use crate::process::child;
use crate::session::Session;

/// The built programs.
#[derive(Debug)]
pub(crate) struct Programs {
    /// The server.
    pub(crate) server: PathBuf,
    /// The router simulator.
    pub(crate) router: PathBuf,
    /// The sandboxes of both gateways.
    pub(crate) gateways: PathBuf,
}

const PACKAGES: [&str; 3] = ["api-server", "routeros-sim", "gateway-sim"];

/// Compiles with cargo's own progress on the terminal.
pub(crate) fn build(session: &Session) -> anyhow::Result<Programs> {
    console::line("Compiling the server and the simulators; the first time takes some minutes.");
    let mut command = session.workspace.cargo(&["build", "--bins", "--locked"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    let status = child::run(
        "cargo build",
        &mut command,
        &session.janitor,
        &session.interrupt,
    )?;
    if !status.success() {
        bail!("the programs could not be built ({status})");
    }
    let folder = session.workspace.target().join("debug");
    let [server, router, gateways] = PACKAGES.map(|package| folder.join(package));
    Ok(Programs {
        server,
        router,
        gateways,
    })
}
