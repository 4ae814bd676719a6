//! `routeros-sim`: a simulated router for demos and for clients in any language.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use routeros_sim::{Clock, Policies, Simulator, TlsMode, Version, control};

/// A simulated RouterOS router.
#[derive(Debug, Parser)]
#[command(disable_version_flag = true)]
struct Arguments {
    /// Where the API listens; port 0 for any free one.
    #[arg(long, default_value = "127.0.0.1:8728")]
    listen: SocketAddr,
    /// Speak TLS (`api-ssl`) with a certificate made at start.
    #[arg(long)]
    tls: bool,
    /// What kind of certificate: self-signed, expired, wrong-name, no-certificate.
    #[arg(long, default_value = "self-signed", value_parser = tls_mode)]
    certificate: TlsMode,
    /// Which RouterOS: 6.42, 6.49, 7.17 or 7.18.
    #[arg(long, default_value = "7.18")]
    version: Version,
    /// Name of the router's user.
    #[arg(long, default_value = "admin")]
    user: String,
    /// Password of the router's user.
    #[arg(long, default_value = "")]
    password: String,
    /// Policies of the router's user, such as `read,write,api`.
    #[arg(long, default_value = "full")]
    policy: String,
    /// Where the control port listens (HTTP, JSON); none without.
    #[arg(long)]
    control: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut builder = Simulator::builder()
        .version(arguments.version)
        .listen(arguments.listen)
        .clock(Clock::real())
        .account_with(
            &arguments.user,
            &arguments.password,
            Policies::parse(&arguments.policy),
        );
    if arguments.tls {
        builder = builder.tls(arguments.certificate);
    }
    // Before anything is announced, so that whoever reads the address may end us at once.
    let stop = stop_signal()?;
    let router = builder.start().await?;
    let service = if arguments.tls { "api-ssl" } else { "api" };
    say(&format!(
        "routeros-sim {} {service} {}",
        arguments.version,
        router.addr()
    ))?;
    if let Some(fingerprint) = router.tls_fingerprint() {
        say(&format!("sha256 {fingerprint}"))?;
    }
    match arguments.control {
        Some(address) => {
            let control = control::bind(address)
                .await
                .with_context(|| format!("cannot listen on {address}"))?;
            say(&format!("control http://{}", control.addr()))?;
            control.serve(router.clone(), stop).await?;
        }
        None => stop.await,
    }
    router.stop().await;
    Ok(())
}

/// Ends on SIGINT or SIGTERM.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
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

/// Prints a line at once, for scripts that wait for it.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn tls_mode(text: &str) -> Result<TlsMode, String> {
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|_unknown| "use self-signed, expired, wrong-name or no-certificate".to_owned())
}
