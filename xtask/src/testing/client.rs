//! What a front-end developer does with `docs/openapi.json`: lints it, makes TypeScript types of
//! it, and compiles a portal that uses them. The tools come from npm, in the versions of
//! `xtask/client/package-lock.json`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::console;
use crate::process::child;
use crate::testing::lab::{Lab, Outcome};

/// What is copied from `xtask/client`.
const FILES: [&str; 5] = [
    "package.json",
    "package-lock.json",
    "redocly.yaml",
    "tsconfig.json",
    "portal.ts",
];

/// Lints, generates and compiles.
pub(crate) fn run(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let session = lab.session;
    let root = session.workspace.root();
    let folder = session.workspace.target().join("client");
    std::fs::create_dir_all(&folder).context("cannot write below target")?;
    for name in FILES {
        let from = root.join("xtask/client").join(name);
        std::fs::copy(&from, folder.join(name))
            .with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let description = folder.join("openapi.json");
    std::fs::copy(root.join("docs/openapi.json"), &description)
        .context("cannot copy docs/openapi.json")?;
    let npm = |arguments: &[&str]| {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(&folder);
        command
    };
    if !is_there(&mut npm(&["--version"])) {
        return Ok(Outcome::Skipped("there is no npm".to_owned()));
    }
    if !has_tools(&folder) {
        console::line("Installing the tools in a private folder; this happens once.");
        let mut install = npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        let status = child::run("npm", &mut install, &session.janitor, &session.interrupt)?;
        if !status.success() {
            let why = "npm could not install the tools".to_owned();
            return Ok(Outcome::Skipped(why));
        }
        std::fs::copy(folder.join("package-lock.json"), folder.join(INSTALLED))
            .context("cannot write below target")?;
    }
    for script in [
        &["run", "lint", "--", "openapi.json"][..],
        &["run", "generate", "--", "openapi.json"],
        &["run", "compile"],
    ] {
        if let failed @ Outcome::Failed(_) = lab.run(&mut npm(script))? {
            return Ok(failed);
        }
    }
    Ok(Outcome::Passed)
}

/// The lock file of what is installed, written last.
const INSTALLED: &str = "installed-lock.json";

fn has_tools(folder: &Path) -> bool {
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    read(INSTALLED).is_some_and(|installed| Some(installed) == read("package-lock.json"))
}

fn is_there(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
