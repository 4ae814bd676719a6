//! The tool itself, in a private folder below `target`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::console;
use crate::process::child;
use crate::session::Session;

/// Raised by hand, so that a new release breaks nobody's checks.
const VERSION: &str = "4.32.5";

/// The installed tool.
#[derive(Debug)]
pub(crate) struct Tool {
    program: PathBuf,
}

impl Tool {
    /// Installs it when it is not there yet; or says why it cannot be had.
    pub(crate) fn find(session: &Session) -> anyhow::Result<Result<Self, String>> {
        let folder = session
            .workspace
            .target()
            .join(format!("schemathesis-{VERSION}"));
        let program = folder.join("bin/schemathesis");
        // Installed completely: the mark is written last.
        let mark = folder.join("installed");
        if mark.exists() {
            return Ok(Ok(Self { program }));
        }
        if !answers("python3") {
            return Ok(Err("there is no python3".to_owned()));
        }
        console::line("Installing schemathesis in a private folder; this happens once.");
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        if !succeeds(session, &mut make)? {
            let why = "python3 has no module venv (Debian: apt-get install python3-venv)";
            return Ok(Err(why.to_owned()));
        }
        let mut install = Command::new(folder.join("bin/python"));
        install.args(["-m", "pip", "install", "--quiet"]);
        install.args(["--disable-pip-version-check", "--retries", "1"]);
        install.arg(format!("schemathesis=={VERSION}"));
        if !succeeds(session, &mut install)? {
            return Ok(Err("schemathesis could not be installed".to_owned()));
        }
        std::fs::write(&mark, "").context("cannot write below target")?;
        Ok(Ok(Self { program }))
    }

    /// A command of it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--no-color");
        // This machine only, whatever the environment says about proxies.
        command.env("NO_PROXY", "*").env("no_proxy", "*");
        command
    }
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(Path::new(program));
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn succeeds(session: &Session, command: &mut Command) -> anyhow::Result<bool> {
    let status = child::run("python3", command, &session.janitor, &session.interrupt)?;
    Ok(status.success())
}
