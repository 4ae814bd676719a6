//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::console::Console;
use crate::demo::{self, DemoArgs};
use crate::openapi::{self, OpenapiArgs};
use crate::process::janitor;
use crate::runs::{self, BenchArgs, FuzzArgs, SimulateArgs};
use crate::session::{Session, Workspace};
use crate::testing::{self, TestArgs};
use crate::{layers, postgres, tidy};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows a sale from nothing: database, router, gateways, server, onboarding, purchase; then keeps serving.
    Demo(DemoArgs),
    /// Runs everything that is checked, here and in continuous integration.
    Test(TestArgs),
    /// Checks which crate may use which, where third parties may appear, and circles between modules.
    Layers,
    /// Checks all files: marks of unfinished work, citations, names in English, large files.
    Tidy,
    /// Writes the API description to docs/openapi.json.
    Openapi(OpenapiArgs),
    /// Runs the benchmarks of the RouterOS crates.
    Bench(BenchArgs),
    /// Feeds random input to the protocol's fuzz targets, for a bounded time.
    Fuzz(FuzzArgs),
    /// Runs sales under every fault, replayable by seed.
    Simulate(SimulateArgs),
    /// Starts a private Postgres, prints its address and keeps it until Ctrl-C.
    Postgres,
    /// Cleans up after a command that was killed; started by the other commands.
    #[command(hide = true)]
    Janitor,
}

impl Cli {
    /// Runs the chosen command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Layers => layers::run(&Workspace::find()?, Console::detect()),
            Command::Tidy => tidy::run(&Workspace::find()?, Console::detect()),
            Command::Demo(args) => demo::run(&Session::start()?, &args),
            Command::Test(args) => testing::run(&Session::start()?, &args),
            Command::Openapi(args) => openapi::run(&Session::start()?, &args),
            Command::Bench(args) => runs::bench(&Session::start()?, &args),
            Command::Fuzz(args) => runs::fuzz(&Session::start()?, &args),
            Command::Simulate(args) => runs::simulate(&Session::start()?, &args),
            Command::Postgres => postgres::run(&Session::start()?),
            Command::Janitor => Ok(janitor::serve()),
        }
    }
}
