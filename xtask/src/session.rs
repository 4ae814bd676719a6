//! What every command that starts something carries with it.

use crate::console::Console;
use crate::process::interrupt::Interrupt;
use crate::process::janitor::Janitor;
use crate::workspace::Workspace;

/// One run of a command that starts processes.
#[derive(Debug)]
pub(crate) struct Session {
    /// The workspace that the command works on.
    pub(crate) workspace: Workspace,
    /// Where it prints.
    pub(crate) console: Console,
    /// Whether somebody asked it to stop.
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
