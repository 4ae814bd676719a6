//! `cargo xtask simulate`: sales under every fault, replayable by seed.

use std::process::{Command, ExitCode};

use crate::process::child;
use crate::session::{Session, Workspace};

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// How many seeds.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// The first seed; without `--seeds` this one alone is run, and its story told.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Passed on, for example `-- --bug ForgetKeys --story`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Runs the seeds.
pub(crate) fn run(session: &Session, args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let mut command = command(&session.workspace);
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
pub(crate) fn command(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo(&["run", "--locked", "--profile", "simulation"]);
    command.args(["--package", "simulation", "--bin", "simulate", "--"]);
    command
}
