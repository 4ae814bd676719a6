//! Clients of other languages against the simulators.
//!
//! The packages go into a folder under `target`, never into the system. What cannot be had here is
//! named as skipped.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::console;
use crate::testing::lab::{Lab, Outcome};

/// Simulators whose folder `interop` holds a `run.py`, which takes the program and a folder to work in.
const SIMULATORS: [&str; 2] = ["routeros-sim", "gateway-sim"];

/// Builds the simulators and runs the checks of both.
pub(crate) fn clients(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let Some(python) = find_python() else {
        return Ok(Outcome::Skipped("Python 3 is not installed".to_owned()));
    };
    let mut build = lab.cargo(&["build", "--bins", "--locked"]);
    for simulator in SIMULATORS {
        build.args(["--package", simulator]);
    }
    if let Outcome::Failed(status) = lab.run(&mut build)? {
        return Ok(Outcome::Failed(format!(
            "the simulators could not be built ({status})"
        )));
    }
    let mut outcomes = Vec::new();
    for simulator in SIMULATORS {
        console::line(&format!("Clients of other languages against {simulator}:"));
        outcomes.extend(run(lab, python, simulator)?);
    }
    Ok(verdict(&outcomes))
}

/// `None` where there is none.
fn find_python() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|name| {
        let mut command = Command::new(name);
        command.args(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

/// Runs the checks of one simulator; a line `passed ...`, `failed ...` or `skipped ...` for each.
fn run(lab: &Lab<'_>, python: &str, simulator: &str) -> anyhow::Result<Vec<String>> {
    let workspace = &lab.session.workspace;
    let folder = workspace.target().join("interop").join(simulator);
    let written = folder.join("outcomes");
    forget(&written)?;
    let script = Path::new("crates").join(simulator).join("interop/run.py");
    let mut command = Command::new(python);
    command
        .arg(workspace.root().join(script))
        .arg(workspace.target().join("debug").join(simulator))
        .arg(&folder);
    let ended = lab.run(&mut command)?;
    Ok(match (fs::read_to_string(&written), ended) {
        (Ok(lines), _) => lines.lines().map(str::to_owned).collect(),
        (Err(_), Outcome::Failed(status)) => vec![format!("failed {simulator}: {status}")],
        (Err(_), _) => vec![format!("failed {simulator}: it did not say how it went")],
    })
}

/// What an earlier run left behind must not be taken for this one's.
fn forget(written: &Path) -> anyhow::Result<()> {
    match fs::remove_file(written) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", written.display()))
        }
        _ => Ok(()),
    }
}

/// A failure wins; otherwise whatever was skipped is shown.
fn verdict(outcomes: &[String]) -> Outcome {
    let with = |mark: &str| -> Vec<&str> {
        let lines = outcomes.iter();
        lines.filter_map(|line| line.strip_prefix(mark)).collect()
    };
    let (failed, skipped, passed) = (with("failed "), with("skipped "), with("passed "));
    if !failed.is_empty() {
        Outcome::Failed(failed.join(", "))
    } else if !skipped.is_empty() {
        let rest = if passed.is_empty() {
            String::new()
        } else {
            format!("; passed: {}", passed.join(", "))
        };
        Outcome::Skipped(format!("{}{rest}", skipped.join("; ")))
    } else if passed.is_empty() {
        Outcome::Failed("no check said how it went".to_owned())
    } else {
        Outcome::Passed
    }
}

#[cfg(test)]
mod tests {
    use super::verdict;
    use crate::testing::lab::Outcome;

    #[test]
    fn a_failure_wins_and_what_was_skipped_is_shown() {
        let of = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
            verdict(&lines)
        };
        assert_eq!(of(&["passed a", "passed b"]), Outcome::Passed);
        let failed = of(&["passed a", "failed b", "skipped c: no npm"]);
        assert_eq!(failed, Outcome::Failed("b".to_owned()));
        let skipped = of(&["passed a", "skipped c: no npm"]);
        let text = "c: no npm; passed: a".to_owned();
        assert_eq!(skipped, Outcome::Skipped(text));
        assert!(matches!(of(&[]), Outcome::Failed(_)));
    }
}
