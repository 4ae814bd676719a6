//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::config::{self, Config};
use crate::telemetry::{self, complain};

/// Sells WiFi access on MikroTik routers.
///
/// Settings come from environment variables and from a `.env` file in the working directory; the
/// real environment wins. README.md lists them.
#[derive(Debug, Parser)]
#[command(name = "api-server", version)]
struct Cli {
    /// Checks the configuration, prints every problem, and ends.
    #[arg(long)]
    check_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Applies pending migrations and serves (the default).
    Serve,
    /// Applies pending migrations and ends.
    Migrate,
    /// Creates a super admin; the password is read from the variable `ADMIN_PASSWORD`.
    CreateAdmin {
        /// E-mail address to log in with.
        #[arg(long)]
        email: String,
        /// Full name.
        #[arg(long, default_value = "Super Administrador")]
        name: String,
    },
    /// Seals every stored secret anew with the first of `ENCRYPTION_KEYS`. Can be stopped and
    /// started again.
    RotateKeys,
    /// Prints the API description as JSON.
    Openapi,
}

pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Some(Command::Openapi)) {
        return commands::openapi::run();
    }
    let config = match config::load() {
        Ok(config) => config,
        Err(problems) => {
            complain("The configuration has problems:");
            for problem in problems {
                complain(&format!("  - {problem}"));
            }
            return ExitCode::from(2);
        }
    };
    if cli.check_config {
        telemetry::say("The configuration is valid.");
        for warning in &config.warnings {
            telemetry::say(&format!("  - warning: {warning}"));
        }
        return ExitCode::SUCCESS;
    }
    telemetry::start(&config);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    in_runtime(&config, cli.command.unwrap_or(Command::Serve))
}

fn in_runtime(config: &Config, command: Command) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start the runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve => commands::serve::run(config).await,
            Command::Migrate => commands::migrate::run(config).await,
            Command::CreateAdmin { email, name } => {
                commands::create_admin::run(config, &email, &name).await
            }
            Command::RotateKeys => commands::rotate_keys::run(config).await,
            // Handled before the configuration is read.
            Command::Openapi => Ok(()),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text.push_str(": ");
                text.push_str(&cause.to_string());
                source = cause.source();
            }
            tracing::error!("{text}");
            ExitCode::FAILURE
        }
    }
}
