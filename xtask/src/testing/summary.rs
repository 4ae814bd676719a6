//! The table at the end.

use std::time::Duration;

use crate::console::{self, Console};
use crate::testing::outcome::Outcome;

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Line {
    /// Name of the step.
    pub(crate) name: &'static str,
    /// Whether a test runner printed a closing line in it.
    pub(crate) counts_tests: bool,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// How long it took.
    pub(crate) time: Duration,
}

/// Prints how one step ended.
pub(crate) fn print_line(console: Console, line: &Line) {
    console::line(&format!("{}: {}", line.name, described(console, line)));
}

/// Prints the table, and the count of steps below it.
pub(crate) fn print(console: Console, lines: &[Line]) {
    console.heading("Summary");
    for line in lines {
        console::line(&format!("  {:<11} {}", line.name, described(console, line)));
    }
    if let Some(closing) = closing(lines) {
        console::line("");
        console::line(&closing);
    }
}

/// Whether any step failed.
pub(crate) fn failed(lines: &[Line]) -> bool {
    lines
        .iter()
        .any(|line| matches!(line.outcome, Outcome::Failed(_)))
}

fn described(console: Console, line: &Line) -> String {
    let time = format!("{:>6.1} s", line.time.as_secs_f64());
    match &line.outcome {
        Outcome::Passed => format!("{} {time}", console.green("passed ")),
        Outcome::Failed(what) => format!("{} {time}  {what}", console.red("FAILED ")),
        Outcome::Skipped(why) => format!("{} {time}  {why}", console.bold("SKIPPED")),
    }
}

/// Readers of logs take this form of line for a count of tests, so it is printed only where a test
/// runner's own count stands above it.
fn closing(lines: &[Line]) -> Option<String> {
    let ran = |line: &Line| line.counts_tests && !matches!(line.outcome, Outcome::Skipped(_));
    if !lines.iter().any(ran) {
        return None;
    }
    let count =
        |wanted: fn(&Outcome) -> bool| lines.iter().filter(|line| wanted(&line.outcome)).count();
    Some(format!(
        "{} passed, {} failed, {} skipped",
        count(|outcome| matches!(outcome, Outcome::Passed)),
        count(|outcome| matches!(outcome, Outcome::Failed(_))),
        count(|outcome| matches!(outcome, Outcome::Skipped(_))),
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Line, closing, failed};
    use crate::testing::outcome::Outcome;

    fn line(counts_tests: bool, outcome: Outcome) -> Line {
        Line {
            name: "step",
            counts_tests,
            outcome,
            time: Duration::ZERO,
        }
    }

    #[test]
    fn steps_are_counted_by_outcome() {
        let lines = [
            line(false, Outcome::Passed),
            line(true, Outcome::Failed("one test".to_owned())),
            line(false, Outcome::Passed),
            line(false, Outcome::Skipped("not here".to_owned())),
        ];
        assert_eq!(closing(&lines).unwrap(), "2 passed, 1 failed, 1 skipped");
        assert!(failed(&lines));
    }

    #[test]
    fn without_a_run_of_tests_there_is_no_count() {
        assert_eq!(closing(&[line(false, Outcome::Passed)]), None);
        assert_eq!(
            closing(&[line(true, Outcome::Skipped("x".to_owned()))]),
            None
        );
    }

    #[test]
    fn skipped_steps_do_not_fail_the_run() {
        assert!(!failed(&[
            line(true, Outcome::Skipped("x".to_owned())),
            line(false, Outcome::Passed)
        ]));
    }
}
