//! Serves until told to stop.

use std::sync::Arc;
use std::time::Duration;

use application::jobs::rotate_keys::missing_keys;
use application::platform::users::ensure_super_admin;
use http_api::state::{HttpConfig, State, Timeouts};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::commands::{Failed, migrated};
use crate::config::Config;
use crate::telemetry::say;
use crate::wiring::Wired;
use crate::workers::Workers;

/// How long shutdown waits for purchases under way beyond what one may take.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn run(config: &Config) -> Result<(), Failed> {
    #[cfg(feature = "failpoints")]
    let _scenario = crate::failpoints::arm();
    migrated(config).await?;
    let wired = Wired::new(config)?;
    let missing = missing_keys(&wired.app).await?;
    if !missing.is_empty() {
        return Err(format!(
            "the database holds secrets sealed with keys that are not configured: {}",
            missing.join(", ")
        )
        .into());
    }
    if !wired.store.is_isolated().await? {
        tracing::warn!(
            "the database user is a superuser or bypasses row-level security: the second wall \
             between tenants is down; use an ordinary user"
        );
    }
    if wired.store.is_exposed().await? {
        tracing::warn!(
            "the connection to the database is plain and leaves this machine: everything in it \
             can be read and changed on the way; use sslmode=verify-full"
        );
    }
    let created = ensure_super_admin(
        &wired.app,
        &config.super_admin_email,
        config.super_admin_password.clone(),
        "Super Administrador",
    )
    .await?;
    if created {
        tracing::info!("the initial super admin was created");
    }

    let listener = std::net::TcpListener::bind(config.bind_addr)
        .map_err(|error| format!("cannot listen on {}: {error}", config.bind_addr))?;
    let address = listener.local_addr()?;
    let http = HttpConfig {
        app_name: config.app_name.clone(),
        cors_origins: config.cors_origins.clone(),
        rate_limits: config.rate_limits,
        timeouts: Timeouts::default(),
        trusted_proxies: config.trusted_proxies.clone(),
        max_connections: config.max_connections.min(affordable_connections()),
        max_connections_per_address: config.max_connections_per_address,
        metrics_are_elsewhere: config.metrics_addr.is_some(),
    };
    let state = State::new(Arc::clone(&wired.app), http);
    if let Some(address) = config.metrics_addr {
        let listener = std::net::TcpListener::bind(address)
            .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        // Ends with the process: a scrape is nothing to wait for.
        tokio::spawn(http_api::server::start_metrics(listener, state.clone())?);
    }
    let server = http_api::server::start(listener, state)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);

    let stop = CancellationToken::new();
    let workers = Workers {
        app: Arc::clone(&wired.app),
        tasks: wired.tasks.clone(),
        stop: stop.clone(),
        interval: config.reconcile_interval,
    };
    workers.start_key_usage();
    if config.workers_enabled {
        workers.start();
    }
    tracing::info!(%address, "serving");
    say(&format!("listening on http://{address}"));

    wait_for_a_signal().await?;
    wired.app.start_draining();
    if !config.shutdown_delay.is_zero() {
        tracing::info!("not ready any more: serving on until load balancers have noticed");
        tokio::select! {
            () = tokio::time::sleep(config.shutdown_delay) => {}
            again = wait_for_a_signal() => again?,
        }
    }
    tracing::info!("shutting down: no new requests; those under way are finished");
    stop.cancel();
    let shutdown_timeout = wired.app.settings().purchases.purchase_budget() + GRACE;
    // Handlers wait for their purchases, so both end together.
    let finished = tokio::time::timeout(shutdown_timeout, async {
        handle.stop(true).await;
        wired.tasks.close();
        wired.tasks.wait().await;
    })
    .await;
    if finished.is_err() {
        tracing::warn!("some work did not finish in time; another replica goes on with it");
        handle.stop(false).await;
    }
    application::jobs::key_usage::flush(&wired.app).await?;
    serving.await??;
    tracing::info!(open_breakers = ?wired.hotspot.breakers(), "stopped");
    Ok(())
}

/// Descriptors that are kept for the database, routers, gateways and files.
const OTHER_DESCRIPTORS: u64 = 256;

/// Raises the limit of open files as far as this process may, and answers how many connections fit
/// below it.
fn affordable_connections() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        match setrlimit(Resource::Nofile, raised) {
            Ok(()) => limit = getrlimit(Resource::Nofile),
            Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
        }
    }
    let Some(files) = limit.current else {
        return usize::MAX;
    };
    let connections = files.saturating_sub(OTHER_DESCRIPTORS).max(files / 2);
    if connections < FEW_CONNECTIONS {
        tracing::warn!(
            files,
            "few open files are allowed: raise the hard limit (LimitNOFILE, ulimit -Hn)"
        );
    }
    usize::try_from(connections).unwrap_or(usize::MAX)
}

/// Fewer than these are soon used up by phones that keep their connection.
const FEW_CONNECTIONS: u64 = 4_000;

async fn wait_for_a_signal() -> Result<(), Failed> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
