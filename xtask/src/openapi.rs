//! `cargo xtask openapi`: the API description in `docs/`, as the server prints it.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};

use crate::console;
use crate::demo::environment;
use crate::process::child;
use crate::process::janitor::Folder;
use crate::session::Session;

const FILE: &str = "docs/openapi.json";

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenapiArgs {
    /// Writes nothing; fails if the file is not what the server prints.
    #[arg(long)]
    check: bool,
}

/// Writes the file, or compares it.
pub(crate) fn run(session: &Session, args: &OpenapiArgs) -> anyhow::Result<ExitCode> {
    if !args.check {
        let printed = print(session)?;
        let path = session.workspace.root().join(FILE);
        std::fs::write(&path, printed).with_context(|| format!("cannot write {FILE}"))?;
        console::line(&format!("{FILE} written"));
        return Ok(ExitCode::SUCCESS);
    }
    if is_current(session)? {
        console::line(&format!("{FILE} is what the server prints"));
        Ok(ExitCode::SUCCESS)
    } else {
        bail!("{FILE} is not what the server prints: run `cargo xtask openapi`")
    }
}

/// Whether the file is what the server prints.
pub(crate) fn is_current(session: &Session) -> anyhow::Result<bool> {
    let path = session.workspace.root().join(FILE);
    let written = std::fs::read_to_string(path).unwrap_or_default();
    Ok(print(session)? == written)
}

fn print(session: &Session) -> anyhow::Result<String> {
    let folder = Folder::create(&std::env::temp_dir(), "wifi-openapi-", &session.janitor)?;
    let path = folder.path().join("openapi.json");
    let file = std::fs::File::create(&path).context("cannot make a temporary file")?;
    // Built together with the simulators, as the demo does: alone, other features of shared
    // dependencies would be chosen and everything be compiled once more.
    let [server, ..] = environment::build(session)?;
    let mut command = Command::new(&server);
    command.arg("openapi").stdout(Stdio::from(file));
    let status = child::run(
        "api-server",
        &mut command,
        &session.janitor,
        &session.interrupt,
    )?;
    if !status.success() {
        bail!("`api-server openapi` failed ({status})");
    }
    let text = std::fs::read_to_string(&path).context("cannot read what the server printed")?;
    let _: serde_json::Value =
        serde_json::from_str(&text).context("the server printed no API description")?;
    Ok(format!("{}\n", text.trim_end()))
}
