//! `cargo xtask test`: everything that is checked, in one command.

mod cargo;
mod features;
mod interop;
mod lab;
mod leaks;
mod licences;
mod outcome;
mod own;
mod schemathesis;
mod simulation;
mod step;
mod steps;
mod summary;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::bail;

use crate::console;
use crate::process::interrupt::Interrupted;
use crate::session::Session;
use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;
use crate::testing::step::Step;
use crate::testing::steps::STEPS;
use crate::testing::summary::Line;

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
            console::line(&format!("{:<10} {}", step.name, step.about));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = chosen(STEPS, &args.only)?;
    let given = args
        .database_url
        .as_deref()
        .or(args.other_database_url.as_deref());
    let lines = run_steps(&steps, &Lab::new(session, given))?;
    summary::print(session.console, &lines);
    Ok(if summary::failed(&lines) {
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
        summary::print_line(console, &line);
        lines.push(line);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::chosen;
    use crate::testing::steps::STEPS;

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
}
