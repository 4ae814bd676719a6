//! `cargo xtask demo`: from an empty machine to the first hour of WiFi sold.
//!
//! Everything is real but the router and the two gateways, which are the simulators of this workspace:
//! a real Postgres, the real server, RouterOS' own protocol and HTTP between them.

pub(crate) mod environment;
mod report;
pub(crate) mod scenario;

use std::process::ExitCode;
use std::time::Duration;

use crate::console;
use crate::demo::environment::{Database, Environment, Ports};
use crate::session::Session;

/// Between two looks at what runs.
const LOOK: Duration = Duration::from_millis(50);

/// Options of the demo.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Ends after the sale, with exit code 0, instead of serving on.
    #[arg(long)]
    once: bool,
    /// Prints what the programs print, too.
    #[arg(long)]
    verbose: bool,
    /// Ports to listen on.
    #[command(flatten)]
    ports: Ports,
    /// Postgres to use; without one a private server is started and removed at the end.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// The same, when there is no `DATABASE_URL`.
    #[arg(
        long,
        env = "TEST_DATABASE_URL",
        hide_env_values = true,
        hide = true,
        value_name = "URL"
    )]
    other_database_url: Option<String>,
}

/// Brings everything up, sells once, and serves until Ctrl-C or, with `--once`, ends there.
pub(crate) fn run(session: &Session, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let url = args.database_url.as_deref();
    let database = Database::Found(url.or(args.other_database_url.as_deref()));
    let mut environment = Environment::start(session, &args.ports, database, args.verbose, None)?;
    let sold = scenario::run(session, &mut environment)?;
    if args.once {
        report::print_sold(session.console, &sold);
        return Ok(ExitCode::SUCCESS);
    }
    report::print_addresses(session.console, &environment.ports, &sold);
    while session.interrupt.pause(LOOK).is_ok() {
        environment.expect_running()?;
    }
    console::line("");
    console::line("Stopping everything and removing its data.");
    Ok(ExitCode::SUCCESS)
}
