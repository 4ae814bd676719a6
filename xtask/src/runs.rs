//! Commands that run something for long: benchmarks, fuzzing, the simulation.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::console;
use crate::process::child;
use crate::session::{Session, Workspace};

/// Options of the benchmarks.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// Which benchmarks; all without it.
    which: Option<Which>,
    /// Passed on to the benchmarks, for example `-- --save-baseline before`.
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Encoding and decoding of the protocol.
    Proto,
    /// Client and pool against a simulated router.
    Client,
}

impl Which {
    const fn package(self) -> &'static str {
        match self {
            Self::Proto => "routeros-proto",
            Self::Client => "routeros-client",
        }
    }

    /// What its benchmarks need.
    const fn features(self) -> &'static str {
        match self {
            Self::Proto => "routeros-proto/serde",
            Self::Client => "routeros-client/blocking",
        }
    }
}

/// Runs the benchmarks of the RouterOS crates.
pub(crate) fn bench(session: &Session, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let mut command = session.workspace.cargo(&["bench", "--locked", "--benches"]);
    for which in Which::value_variants() {
        if args.which.is_none_or(|chosen| chosen == *which) {
            command.args(["--package", which.package()]);
            command.args(["--features", which.features()]);
        }
    }
    if !args.rest.is_empty() {
        command.arg("--").args(&args.rest);
    }
    let status = child::run(
        "cargo bench",
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

/// Options of fuzzing.
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
pub(crate) fn fuzz(session: &Session, args: &FuzzArgs) -> anyhow::Result<ExitCode> {
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

/// Options of the simulation.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// How many seeds.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// The first seed; without `--seeds` this one alone is run, with a trace of its events.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Passed on, for example `-- --bug ForgetKeys --trace`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Runs the seeds.
pub(crate) fn simulate(session: &Session, args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let mut command = simulation(&session.workspace);
    for (name, value) in [("--seeds", args.seeds), ("--seed", args.seed)] {
        if let Some(value) = value {
            command.args([name, &value.to_string()]);
        }
    }
    command.args(&args.rest);
    let status = child::run(
        "the simulation",
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

/// The simulation, optimised a little: it is built once and runs for minutes.
pub(crate) fn simulation(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo(&["run", "--locked", "--profile", "simulation"]);
    command.args(["--package", "simulation", "--bin", "simulate", "--"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_list() {
        let listed = "fuzz::any_bytes: test\nfuzz::words: test\n\n2 tests, 0 benchmarks\n";
        assert_eq!(names(listed), ["fuzz::any_bytes", "fuzz::words"]);
    }
}
