//! `cargo xtask demo`: from an empty machine to the first hour of WiFi sold.
//!
//! Everything is real but the router and the two gateways, which are the simulators of this workspace:
//! a real Postgres, the real server, RouterOS' own protocol and HTTP between them.

mod args;
mod behind;
pub(crate) mod build;
pub(crate) mod http;
mod lock;
mod onboarding;
mod play;
mod ports;
mod sale;
mod secrets;
mod services;
mod setting;
pub(crate) mod stage;
mod story;
mod walk;

use std::process::ExitCode;
use std::time::Duration;

pub(crate) use args::DemoArgs;

use crate::console;
use crate::demo::lock::Lock;
use crate::demo::ports::Ports;
use crate::demo::secrets::Secrets;
use crate::demo::services::Services;
use crate::demo::setting::Setting;
use crate::demo::walk::Walk;
use crate::postgres::source::{self, Database};
use crate::session::Session;

/// Between two looks at what runs.
const LOOK: Duration = Duration::from_millis(50);

/// Brings everything up, sells once, and serves until Ctrl-C or, with `--once`, ends there.
pub(crate) fn run(session: &Session, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let _lock = Lock::take(session.workspace.target())?;
    let ports = Ports::reserve(&args.ports)?;

    session.console.heading("Database");
    let database = source::find(session, args.database_url())?;
    let kept = matches!(database, Database::Given(_));
    let secrets = if kept {
        Secrets::kept(session.workspace.target())?
    } else {
        Secrets::random()?
    };

    session.console.heading("Build");
    let programs = build::build(session)?;

    session.console.heading("Start");
    let mut services = Services::start(
        session,
        &programs,
        &ports,
        &secrets,
        database.url(),
        args.verbose,
        None,
    )?;

    let setting = Setting {
        ports: ports.clone(),
        kept_database: kept,
        run: secrets::run_id()?,
    };
    let walk = Walk::start(session.console, setting);
    let sold = walk::finish(walk, session, &mut services)?;
    if args.once {
        play::print_sold(session.console, &sold);
        return Ok(ExitCode::SUCCESS);
    }

    play::print(session.console, &ports, &sold);
    while session.interrupt.pause(LOOK).is_ok() {
        services.expect_running()?;
    }
    console::line("");
    console::line("Stopping everything and removing its data.");
    Ok(ExitCode::SUCCESS)
}
