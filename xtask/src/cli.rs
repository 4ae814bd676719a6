//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::console::Console;
use crate::layers;
use crate::workspace::Workspace;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks which crate may use which, where third parties may appear, and import circles.
    Layers,
}

impl Cli {
    /// Runs the chosen command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let console = Console::detect();
        let workspace = Workspace::find()?;
        match self.command {
            Command::Layers => layers::run(&workspace, console),
        }
    }
}
