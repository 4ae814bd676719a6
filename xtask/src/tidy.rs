//! What no compiler looks at, in every file that git knows or would add: marks, citations, names.

mod citations;
mod names;
mod rules;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

use crate::console::{self, Console};
use crate::session::Workspace;

/// `cargo xtask tidy`.
pub(crate) fn run(workspace: &Workspace, console: Console) -> anyhow::Result<ExitCode> {
    let problems = check(workspace.root())?;
    console::problems(console, "tidy", &problems);
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every problem found, each in one line.
pub(crate) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut all_names = names::Names::default();
    for file in files(root)? {
        let path = root.join(&file);
        // A file deleted but not yet committed is still listed.
        let Ok(about) = path.symlink_metadata() else {
            continue;
        };
        if !about.is_file() {
            continue;
        }
        let name = file.display().to_string();
        problems.extend(rules::size(&name, about.len()));
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {name}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            problems.extend(rules::text(&name, &text));
            problems.extend(citations::check(root, &name, &text));
            if path.extension().is_some_and(|ending| ending == "rs") {
                all_names.read(&name, &text);
            }
        }
    }
    problems.extend(all_names.finish());
    Ok(problems)
}

fn files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!(
            "git ls-files: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    Ok(text
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .collect())
}
