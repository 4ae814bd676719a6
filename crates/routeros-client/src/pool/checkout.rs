//! Getting a connection to one router.

use std::sync::Arc;

use futures::FutureExt;
use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use crate::client::Client;
use crate::connect::connect;
use crate::connect_error::{ConnectError, Stage};
use crate::diagnosis::Diagnosis;
use crate::error::CallError;
use crate::pool::breaker::Admission;
use crate::pool::entry::{Attempt, Entry, Session, State};
use crate::pool::error::PoolError;

/// What a caller finds.
enum Found {
    Session(u64, Client),
    /// A connection is being made or probed.
    Wait(Attempt),
}

/// Finds or makes a connection and counts a lease on it.
pub(super) async fn check_out(
    entry: &Arc<Entry>,
    runtime: &Handle,
    deadline: Instant,
) -> Result<(u64, Client), PoolError> {
    // Ends: every round waits for an attempt, and the deadline bounds them all.
    let mut proven = false;
    loop {
        match look(entry, runtime, proven)? {
            Found::Session(id, client) => return Ok((id, client)),
            Found::Wait(attempt) => match timeout_at(deadline, attempt).await {
                Ok(Ok(())) if Instant::now() < deadline => proven = true,
                Ok(Err(error)) => return Err(PoolError::Connect(error)),
                Ok(Ok(())) | Err(_) => return Err(PoolError::Deadline),
            },
        }
    }
}

/// `proven` tells that the router answered a moment ago.
fn look(entry: &Arc<Entry>, runtime: &Handle, proven: bool) -> Result<Found, PoolError> {
    let now = Instant::now();
    let config = &entry.config;
    let mut state = entry.lock();
    state.sessions.retain(|one| one.client.end().is_none());
    state.forget_finished_attempt(now);
    match state.breaker.admit(now) {
        Admission::No { until } => return Err(state.suspended(until, now)),
        Admission::AsTrial => return Ok(Found::Wait(begin(entry, &mut state, runtime))),
        Admission::Yes => {}
    }
    let may_grow = state.sessions.len() < config.max_sessions.max(1);
    let freshest = state
        .sessions
        .iter_mut()
        .filter(|one| one.is_fresh(now, config.probe_after) || (proven && !one.is_suspect()))
        .min_by_key(|one| one.leases);
    let Some(session) = freshest else {
        return Ok(Found::Wait(begin(entry, &mut state, runtime)));
    };
    let crowded = session.leases >= config.leases_per_session;
    session.leases = session.leases.saturating_add(1);
    let found = Found::Session(session.id, session.client.clone());
    if crowded && may_grow {
        // For those who come later; nobody waits for it.
        drop(begin(entry, &mut state, runtime));
    }
    Ok(found)
}

/// Joins the attempt under way or starts one.
fn begin(entry: &Arc<Entry>, state: &mut State, runtime: &Handle) -> Attempt {
    if let Some(attempt) = &state.attempt {
        return attempt.clone();
    }
    let full = state.sessions.len() >= entry.config.max_sessions.max(1);
    let doubtful = |one: &&Session| !one.is_fresh(Instant::now(), entry.config.probe_after);
    let suspect = state
        .sessions
        .iter()
        .find(doubtful)
        .or_else(|| state.sessions.first().filter(|_| full))
        .map(|one| (one.id, one.client.clone()));
    let task = runtime.spawn(attempt(Arc::clone(entry), suspect));
    let attempt = async move {
        task.await.unwrap_or_else(|_gone| {
            let error = ConnectError::new(Stage::Resolve, Diagnosis::RuntimeGone);
            Err(Arc::new(error))
        })
    }
    .boxed()
    .shared();
    state.attempt = Some(attempt.clone());
    attempt
}

/// Probes the doubtful connection, if there is one, and otherwise or if it is dead connects anew.
/// Runs to its end whoever waits, and reports to the breaker.
async fn attempt(
    entry: Arc<Entry>,
    suspect: Option<(u64, Client)>,
) -> Result<(), Arc<ConnectError>> {
    if let Some((id, client)) = suspect {
        let probe = Command::new("/system/identity/print");
        let limit = CallOptions::timeout(entry.config.probe_timeout);
        match client.execute_with(probe, limit).await {
            Ok(_) | Err(CallError::Trap(_)) => {
                entry.confirmed(id);
                return Ok(());
            }
            Err(_) => entry.discard(id),
        }
    }
    match connect(entry.options.clone()).await.map_err(Arc::new) {
        Ok(client) => {
            entry.connected(client);
            Ok(())
        }
        Err(error) => {
            entry.not_connected(Arc::clone(&error));
            Err(error)
        }
    }
}
