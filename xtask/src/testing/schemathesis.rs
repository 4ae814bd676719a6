//! Property tests of the real server against its own API description, by `schemathesis`: no
//! failure of ours, and no answer that the description does not name.

mod passes;
mod tool;

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::console;
use crate::demo::stage::Stage;
use crate::process::child::Guarded;
use crate::process::folder::Folder;
use crate::session::Session;
use crate::testing::lab::Lab;
use crate::testing::outcome::Outcome;
use crate::testing::schemathesis::passes::Pass;
use crate::testing::schemathesis::tool::Tool;

/// For all passes together; far more than they take on a slow machine.
const LIMIT: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(50);
/// What an answer is checked for.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_headers_conformance,response_schema_conformance,unsupported_method,\
     allow_header_conformance";

/// Runs every pass; goes on after a failed one.
pub(crate) fn run(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let session = lab.session;
    let tool = match Tool::find(session)? {
        Ok(tool) => tool,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let mut stage = Stage::open(session, None)?;
    let folder = Folder::create(
        &std::env::temp_dir(),
        "wifi-schemathesis-",
        &session.janitor,
    )?;
    let deadline = Instant::now() + LIMIT;
    let mut failed = Vec::new();
    for pass in passes::all(&stage)? {
        session.console.heading(&format!("As {}", pass.name));
        let settings = folder.path().join("schemathesis.toml");
        std::fs::write(&settings, &pass.settings).context("cannot write the settings")?;
        let mut command = tool.command();
        command.current_dir(folder.path());
        command.arg("--config-file").arg(&settings);
        arguments(&mut command, &stage, &pass);
        match within(session, &mut command, deadline)? {
            Some(true) => {}
            Some(false) => failed.push(pass.name),
            None => return Ok(Outcome::Failed(format!("not done after {LIMIT:?}"))),
        }
        stage.expect_running()?;
    }
    if failed.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Ok(Outcome::Failed(format!("as {}", failed.join(", as "))))
    }
}

fn arguments(command: &mut Command, stage: &Stage, pass: &Pass) {
    let base = format!("http://127.0.0.1:{}", stage.server);
    command.args(["run", &format!("{base}/openapi.json"), "--url", &base]);
    // The same cases every time; where one fails it can be run again.
    command.args(["--generation-deterministic", "--no-shrink"]);
    command.args(["--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", &pass.examples.to_string()]);
    // With several threads the tool itself fails now and then.
    command.args(["--workers", "1", "--request-timeout", "60"]);
    command.args(["--warnings", "off", "--continue-on-failure"]);
    command.args(["--checks", CHECKS]);
    if let Some(credential) = &pass.credential {
        command.args(["--header", credential]);
    }
    for tag in &pass.tags {
        command.args(["--include-tag", tag]);
    }
    for path in &pass.without {
        command.args(["--exclude-path", path]);
    }
}

/// Whether the command succeeds; none if it is not done in time.
fn within(
    session: &Session,
    command: &mut Command,
    deadline: Instant,
) -> anyhow::Result<Option<bool>> {
    let mut child = Guarded::loud("schemathesis", command, &session.janitor)?;
    while Instant::now() < deadline {
        if let Some(status) = child.ended()? {
            return Ok(Some(status.success()));
        }
        session.interrupt.pause(LOOK)?;
    }
    console::line("schemathesis takes too long and is stopped.");
    Ok(None)
}
