//! The sandboxes as a program: prints where it listens and serves until SIGINT or SIGTERM.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use gateway_sim::{Clock, Config, Sandbox, Secret, Settings, WebhookTargets};

/// Conekta, Mercado Pago and Telegram sandboxes with a ledger and fault switches.
///
/// Port 0 takes a free one; the addresses are printed at start, one per line, followed by
/// `ready`. The control port lists at `GET /` what it can do.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// Where Conekta listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    conekta: SocketAddr,
    /// Where Mercado Pago listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    mercado_pago: SocketAddr,
    /// Where Telegram listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    telegram: SocketAddr,
    /// Where the control side listens; without it there is none.
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// Seed of the identifiers; without it they differ in each run, so that a database that
    /// outlives the sandbox never meets an id twice.
    #[arg(long)]
    seed: Option<u64>,
    /// Address for Conekta's events.
    #[arg(long, value_name = "URL")]
    webhook_conekta: Option<String>,
    /// Address for Mercado Pago's events (a payment's own `notification_url` wins).
    #[arg(long, value_name = "URL")]
    webhook_mercado_pago: Option<String>,
    /// Secret with which Mercado Pago's events are signed.
    #[arg(long, value_name = "SECRET")]
    webhook_secret: Option<Secret>,
    /// Send events by themselves as soon as something happens.
    #[arg(long)]
    auto_notify: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even stderr is gone.
            let _: io::Result<()> = writeln!(io::stderr(), "gateway-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> io::Result<()> {
    let sandbox = Sandbox::start(Config {
        conekta: cli.conekta,
        mercado_pago: cli.mercado_pago,
        telegram: cli.telegram,
        control: cli.control,
        seed: cli.seed.unwrap_or_else(Config::fresh_seed),
        clock: Clock::System,
        settings: Settings {
            auto_notify: cli.auto_notify,
            ..Settings::default()
        },
        webhooks: WebhookTargets {
            conekta: cli.webhook_conekta,
            mercado_pago: cli.webhook_mercado_pago,
            secret: cli.webhook_secret,
        },
    })
    .await?;
    let stopped = stop_signal()?;
    let urls = sandbox.urls();
    let control = urls
        .control
        .as_ref()
        .map(|url| format!("control {url}\n"))
        .unwrap_or_default();
    let lines = format!(
        "conekta {}\nmercado_pago {}\ntelegram {}\n{control}ready\n",
        urls.conekta, urls.mercado_pago, urls.telegram
    );
    let mut stdout = io::stdout();
    stdout.write_all(lines.as_bytes())?;
    stdout.flush()?;
    stopped.await;
    sandbox.stop().await;
    Ok(())
}

/// Ends at SIGINT or SIGTERM. The handlers are in place when this returns.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _: io::Result<()> = tokio::signal::ctrl_c().await;
    })
}
