//! What every command carries with it: the workspace, and what it started.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use cargo_metadata::{Metadata, MetadataCommand};

use crate::console::{self, Console};
use crate::process::interrupt::Interrupt;
use crate::process::janitor::Janitor;

/// One run of a command that starts processes.
#[derive(Debug)]
pub(crate) struct Session {
    /// The workspace that the command works on.
    pub(crate) workspace: Workspace,
    /// Where it prints.
    pub(crate) console: Console,
    /// Whether it was asked to stop.
    pub(crate) interrupt: Interrupt,
    /// Who cleans up when it is killed.
    pub(crate) janitor: Janitor,
}

impl Session {
    /// Finds the workspace, listens for signals, and starts the janitor.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Ok(Self {
            workspace: Workspace::find()?,
            console: Console::detect(),
            interrupt: Interrupt::install()?,
            janitor: Janitor::start()?,
        })
    }
}

/// The workspace that this binary was built from.
#[derive(Debug)]
pub(crate) struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    /// Asks cargo for the workspace around this crate; resolves no dependencies and needs no network.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(&manifest)
            .no_deps()
            .exec()
            .with_context(|| format!("cannot read the workspace of {}", manifest.display()))?;
        Ok(Self { metadata })
    }

    /// The folder with the root manifest.
    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// The folder for what is built, which git does not see.
    pub(crate) fn target(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// What `cargo metadata --no-deps` says.
    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// A cargo command in the root folder, by the cargo that started us.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(program);
        command.current_dir(self.root()).args(arguments);
        if console::no_colour() {
            command.env("CARGO_TERM_COLOR", "never");
        }
        command
    }
}
