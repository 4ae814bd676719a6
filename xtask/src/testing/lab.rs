//! What the steps work with, and how they end.

use std::cell::OnceCell;
use std::process::{Command, Stdio};

use crate::postgres::{self, Database};
use crate::process::child;
use crate::session::Session;

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
        let database = postgres::find(self.session, self.given)?;
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

/// One step. To add one, write a function and name it in `steps.rs`.
#[derive(Debug)]
pub(crate) struct Step {
    /// Short name, for `--only` and the table.
    pub(crate) name: &'static str,
    /// What it does, in a few words.
    pub(crate) about: &'static str,
    /// Whether a test runner counts tests in it, in a closing line of its own.
    pub(crate) counts_tests: bool,
    /// Runs it. An error counts as a failure, but for an interrupt, which ends everything.
    pub(crate) run: fn(&Lab<'_>) -> anyhow::Result<Outcome>,
}

/// The end of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Passed,
    /// Something is wrong, in a few words; the details were printed.
    Failed(String),
    /// It could not be run here, and why.
    Skipped(String),
}

impl Outcome {
    /// Passed when a check found nothing.
    pub(crate) fn of_problems(problems: &[String]) -> Self {
        match problems.len() {
            0 => Self::Passed,
            1 => Self::Failed("1 problem".to_owned()),
            count => Self::Failed(format!("{count} problems")),
        }
    }
}
