//! `cargo xtask bench`: the benchmarks of the RouterOS crates.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::process::child;
use crate::session::Session;

/// Options.
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
}

/// Runs them.
pub(crate) fn run(session: &Session, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let mut command = session.workspace.cargo(&["bench", "--locked", "--benches"]);
    for which in Which::value_variants() {
        if args.which.is_none_or(|chosen| chosen == *which) {
            command.args(["--package", which.package()]);
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
