//! One step of the checks.

use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;

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
