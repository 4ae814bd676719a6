//! `cargo xtask fuzz`: random input to the protocol's fuzz targets, for a bounded time.
//!
//! The targets are tests whose names contain `fuzz_`. Every test run gives each a second; here they get more.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};

use crate::console;
use crate::process::child;
use crate::session::Session;

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct FuzzArgs {
    /// Time for each target.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Only targets whose names contain this.
    #[arg(default_value = "fuzz_")]
    target: String,
}

/// Runs the targets one after the other.
pub(crate) fn run(session: &Session, args: &FuzzArgs) -> anyhow::Result<ExitCode> {
    let targets = list(session, &args.target)?;
    if targets.is_empty() {
        bail!("no fuzz target is named like {}", args.target);
    }
    console::line(&format!(
        "{} target(s), {} s each: {}",
        targets.len(),
        args.seconds,
        targets.join(", ")
    ));
    let mut command = cargo_test(session);
    command.env(
        "BOLERO_RANDOM_TEST_TIME_MS",
        (u64::from(args.seconds) * 1000).to_string(),
    );
    command.args(["--", "--test-threads=1", "--nocapture", &args.target]);
    let status = child::run(
        "cargo test",
        &mut command,
        &session.janitor,
        &session.interrupt,
    )?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Optimised, to try more in the time, but with the checks of a debug build.
fn cargo_test(session: &Session) -> Command {
    let mut command = session
        .workspace
        .cargo(&["test", "--release", "--locked", "--tests"]);
    command.args(["--package", "routeros-proto"]);
    command.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    command.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    command
}

fn list(session: &Session, name: &str) -> anyhow::Result<Vec<String>> {
    let mut command = cargo_test(session);
    command
        .args(["--", "--list", name])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = command.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the targets could not be built ({})", output.status);
    }
    Ok(names(&String::from_utf8_lossy(&output.stdout)))
}

fn names(listed: &str) -> Vec<String> {
    listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_are_read_from_the_list() {
        let listed = "fuzz::any_bytes: test\nfuzz::words: test\n\n2 tests, 0 benchmarks\n";
        assert_eq!(names(listed), ["fuzz::any_bytes", "fuzz::words"]);
    }
}
