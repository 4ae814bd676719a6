//! How a step can end.

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
