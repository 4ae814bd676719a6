//! What the steps work with.

use std::cell::OnceCell;
use std::process::{Command, Stdio};

use crate::postgres::source::{self, Database};
use crate::process::child;
use crate::session::Session;
use crate::testing::outcome::Outcome;

/// The session, and a database for those who need one.
pub(crate) struct Lab<'a> {
    /// The run that the steps belong to.
    pub(crate) session: &'a Session,
    given: Option<&'a str>,
    database: OnceCell<Database>,
}

impl<'a> Lab<'a> {
    /// Nothing is started yet.
    pub(crate) fn new(session: &'a Session, given: Option<&'a str>) -> Self {
        Self {
            session,
            given,
            database: OnceCell::new(),
        }
    }

    /// The address of a database, brought up when first asked for and kept to the end.
    pub(crate) fn database_url(&self) -> anyhow::Result<&str> {
        if let Some(database) = self.database.get() {
            return Ok(database.url());
        }
        let database = source::find(self.session, self.given)?;
        Ok(self.database.get_or_init(|| database).url())
    }

    /// A cargo command in the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        self.session.workspace.cargo(arguments)
    }

    /// Runs a command that prints for itself; its exit code is the verdict.
    pub(crate) fn run(&self, command: &mut Command) -> anyhow::Result<Outcome> {
        let name = command.get_program().to_string_lossy().into_owned();
        let status = child::run(
            &name,
            command,
            &self.session.janitor,
            &self.session.interrupt,
        )?;
        Ok(if status.success() {
            Outcome::Passed
        } else {
            Outcome::Failed(status.to_string())
        })
    }

    /// Whether cargo knows this subcommand.
    pub(crate) fn has_subcommand(&self, name: &str) -> bool {
        let mut command = self.cargo(&[name, "--version"]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}
