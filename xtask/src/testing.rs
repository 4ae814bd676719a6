//! `cargo xtask test`: everything that is checked, in one command.

mod client;
mod interop;
mod lab;
mod leaks;
mod schemathesis;
mod shop;
mod steps;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::console::{self, Console};
use crate::process::interrupt::Interrupted;
use crate::session::Session;
use crate::testing::lab::{Lab, Outcome, Step};
use crate::testing::steps::STEPS;

/// What to run.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Runs only this step; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Prints the steps and what each does.
    #[arg(long)]
    list: bool,
    /// Postgres for the tests, by an ordinary role that may create databases; without one a private server is started.
    #[arg(
        long,
        env = "TEST_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<String>,
    /// The same, when there is no `TEST_DATABASE_URL`.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        hide = true,
        value_name = "URL"
    )]
    other_database_url: Option<String>,
}

/// Runs the steps, goes on after a failed one, and sums up.
pub(crate) fn run(session: &Session, args: &TestArgs) -> anyhow::Result<ExitCode> {
    if args.list {
        for step in STEPS {
            console::line(&format!("{:<12} {}", step.name, step.about));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = chosen(STEPS, &args.only)?;
    let given = args
        .database_url
        .as_deref()
        .or(args.other_database_url.as_deref());
    let lines = run_steps(&steps, &Lab::new(session, given))?;
    print(session.console, &lines);
    Ok(if failed(&lines) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn chosen<'a>(steps: &'a [Step], only: &[String]) -> anyhow::Result<Vec<&'a Step>> {
    if let Some(unknown) = only
        .iter()
        .find(|name| !steps.iter().any(|step| step.name == **name))
    {
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        bail!("there is no step {unknown}; there are {}", names.join(", "));
    }
    Ok(steps
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect())
}

fn run_steps(steps: &[&Step], lab: &Lab<'_>) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (number, step) in (1_usize..).zip(steps) {
        let console = lab.session.console;
        console.heading(&format!(
            "[{number}/{}] {}: {}",
            steps.len(),
            step.name,
            step.about
        ));
        let start = Instant::now();
        let outcome = match (step.run)(lab) {
            Ok(outcome) => outcome,
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        let line = Line {
            name: step.name,
            counts_tests: step.counts_tests,
            outcome,
            time: start.elapsed(),
        };
        print_line(console, &line);
        lines.push(line);
    }
    Ok(lines)
}

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
    use super::*;
    use crate::testing::lab::Outcome;
    use crate::testing::steps::STEPS;
    use std::time::Duration;

    #[test]
    fn all_steps_run_unless_some_are_named() {
        assert_eq!(chosen(STEPS, &[]).unwrap().len(), STEPS.len());
        let two = chosen(STEPS, &["tidy".to_owned(), "fmt".to_owned()]).unwrap();
        assert_eq!(
            two.iter().map(|step| step.name).collect::<Vec<_>>(),
            ["fmt", "tidy"]
        );
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_names() {
        let error = chosen(STEPS, &["nonsense".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("nonsense") && error.contains("clippy"),
            "{error}"
        );
    }

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
