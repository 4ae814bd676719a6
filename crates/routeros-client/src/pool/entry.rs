//! What a pool knows of one router, and how a connection to it is found or made.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout_at};

use crate::client::Client;
use crate::connect::connect;
use crate::connect_error::{ConnectError, Diagnosis, Stage};
use crate::error::{CallErrorKind, Effect};
use crate::moment::later;
use crate::options::ConnectOptions;
use crate::pool::breaker::{Admission, Breaker, BreakerState, pause};
use crate::pool::config::{Jitter, PoolConfig, PoolError};

/// A try to get a connection, which any number of callers may wait for: `None` until it has ended.
type Attempt = watch::Receiver<Option<Result<(), Arc<ConnectError>>>>;

/// One router at one version of its settings.
pub(super) struct Entry {
    pub(super) version: u64,
    pub(super) options: ConnectOptions,
    pub(super) config: PoolConfig,
    pub(super) leases: Arc<Semaphore>,
    jitter: Jitter,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) sessions: Vec<Session>,
    pub(super) attempt: Option<Attempt>,
    pub(super) breaker: Breaker,
    last_error: Option<Arc<ConnectError>>,
    last_used: Instant,
    next_session: u64,
}

/// One connection.
pub(super) struct Session {
    pub(super) id: u64,
    pub(super) client: Client,
    /// Leases on it.
    pub(super) leases: usize,
    /// When it was last given back.
    idle_since: Instant,
    /// When the router last answered on it.
    last_answer: Instant,
    /// A call got no answer in time.
    suspect: bool,
}

impl Session {
    /// Whether a call on it got no answer in time.
    pub(super) const fn is_suspect(&self) -> bool {
        self.suspect
    }

    /// Whether it may be used without asking first.
    pub(super) fn is_fresh(&self, now: Instant, probe_after: Duration) -> bool {
        !self.suspect && now.saturating_duration_since(self.last_answer) < probe_after
    }
}

impl Entry {
    pub(super) fn new(
        version: u64,
        options: ConnectOptions,
        config: PoolConfig,
        jitter: Jitter,
    ) -> Self {
        let leases = config.max_leases.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            version,
            options,
            config,
            leases: Arc::new(Semaphore::new(leases)),
            jitter,
            state: Mutex::new(State {
                sessions: Vec::new(),
                attempt: None,
                breaker: Breaker::default(),
                last_error: None,
                last_used: Instant::now(),
                next_session: 0,
            }),
        }
    }

    /// The state is consistent between any two statements, so a panic elsewhere spoils nothing.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn breaker_state(&self) -> BreakerState {
        self.lock().breaker.state()
    }

    /// The refusal that a caller would get now, if any.
    pub(super) fn refusal(&self) -> Option<PoolError> {
        let now = Instant::now();
        let state = self.lock();
        match state.breaker.would_admit(now) {
            Admission::No { until } => Some(state.suspended(until, now)),
            Admission::Yes | Admission::AsTrial => None,
        }
    }

    /// The attempt under way made a connection.
    pub(super) fn connected(&self, client: Client) {
        let now = Instant::now();
        let mut state = self.lock();
        state.attempt = None;
        let id = state.next_session;
        state.next_session = id.wrapping_add(1);
        state.sessions.push(Session {
            id,
            client,
            leases: 0,
            idle_since: now,
            last_answer: now,
            suspect: false,
        });
        state.succeeded();
    }

    /// The attempt under way found that the connection is good.
    pub(super) fn confirmed(&self, session: u64) {
        let mut state = self.lock();
        state.attempt = None;
        state.answered(session);
    }

    /// The attempt under way could make no connection.
    pub(super) fn not_connected(&self, error: Arc<ConnectError>) {
        let mut state = self.lock();
        state.attempt = None;
        state.last_error = Some(error);
        self.failed(&mut state);
    }

    /// The router answered on this connection.
    pub(super) fn answered(&self, session: u64) {
        self.lock().answered(session);
    }

    /// Learns from how a call ended.
    pub(super) fn learn(&self, session: u64, error: &CallErrorKind) {
        match error {
            // It answered, whatever it said.
            CallErrorKind::Trap(_) | CallErrorKind::NoId | CallErrorKind::ReplyTooLarge { .. } => {
                self.answered(session);
            }
            CallErrorKind::TimedOut {
                effect: Effect::Unknown,
            } => {
                let mut state = self.lock();
                if let Some(session) = state.sessions.iter_mut().find(|one| one.id == session) {
                    session.suspect = true;
                }
                self.failed(&mut state);
            }
            CallErrorKind::Protocol { .. } => {
                self.discard(session);
                self.failed(&mut self.lock());
            }
            // A reboot, or an idle time-out of the router's: the next try to connect tells.
            // Too many commands without an answer, or a peer that takes none in: no use either.
            CallErrorKind::Fatal { .. } | CallErrorKind::Closed { .. } | CallErrorKind::Busy => {
                self.discard(session);
            }
            _ => {}
        }
    }

    /// Takes a connection out of use; leases on it may still finish.
    pub(super) fn discard(&self, session: u64) {
        self.lock().sessions.retain(|one| one.id != session);
    }

    /// A lease ended.
    pub(super) fn returned(&self, session: u64) {
        let now = Instant::now();
        let mut state = self.lock();
        state.last_used = now;
        if let Some(session) = state.sessions.iter_mut().find(|one| one.id == session) {
            session.leases = session.leases.saturating_sub(1);
            session.idle_since = now;
        }
    }

    /// Closes what was not used for long; whether the whole entry was not.
    pub(super) fn evict(&self, now: Instant) -> bool {
        let limit = self.config.idle_timeout;
        let idle = |since: Instant| now.saturating_duration_since(since) >= limit;
        let mut state = self.lock();
        state.sessions.retain(|session| {
            session.client.end().is_none() && (session.leases > 0 || !idle(session.idle_since))
        });
        state.forget_finished_attempt(now);
        state.sessions.is_empty() && state.attempt.is_none() && idle(state.last_used)
    }

    fn failed(&self, state: &mut State) {
        let now = Instant::now();
        state
            .breaker
            .failed(self.config.failure_threshold, |count| {
                later(now, pause(&self.config, count, (self.jitter)()))
            });
    }
}

impl State {
    pub(super) fn suspended(&self, until: Option<Instant>, now: Instant) -> PoolError {
        PoolError::Suspended {
            last: self.last_error.clone(),
            retry_in: until.map(|until| until.saturating_duration_since(now)),
        }
    }

    /// An attempt reports before it ends; one that ended without, because its runtime went away,
    /// must not block the router for ever.
    pub(super) fn forget_finished_attempt(&mut self, now: Instant) {
        if self
            .attempt
            .as_ref()
            .is_some_and(|one| one.borrow().is_some() || one.has_changed().is_err())
        {
            self.attempt = None;
            self.breaker.trial_lost(now);
        }
    }

    fn answered(&mut self, session: u64) {
        let now = Instant::now();
        if let Some(session) = self.sessions.iter_mut().find(|one| one.id == session) {
            session.last_answer = now;
            session.suspect = false;
        }
        self.succeeded();
    }

    fn succeeded(&mut self) {
        self.breaker.succeeded();
        self.last_error = None;
    }
}

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
            Found::Wait(attempt) => match timeout_at(deadline, outcome(attempt)).await {
                Ok(Ok(())) if Instant::now() < deadline => proven = true,
                Ok(Err(error)) => return Err(PoolError::Connect(error)),
                Ok(Ok(())) | Err(_) => return Err(PoolError::TimedOut),
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
    // Dropped with its task, also when the runtime is gone: then nobody waits for ever.
    let (done, attempt) = watch::channel(None);
    let entry = Arc::clone(entry);
    runtime.spawn(async move {
        let outcome = try_once(&entry, suspect).await;
        done.send_replace(Some(outcome));
    });
    state.attempt = Some(attempt.clone());
    attempt
}

/// Waits for the end of an attempt.
async fn outcome(mut attempt: Attempt) -> Result<(), Arc<ConnectError>> {
    let ended = attempt.wait_for(Option::is_some).await;
    ended
        .ok()
        .and_then(|outcome| outcome.clone())
        .unwrap_or_else(|| {
            let error = ConnectError::new(Stage::Resolve, Diagnosis::RuntimeGone);
            Err(Arc::new(error))
        })
}

/// Probes the doubtful connection, if there is one, and otherwise or if it is dead connects anew.
/// Runs to its end whoever waits, and reports to the breaker.
async fn try_once(entry: &Entry, suspect: Option<(u64, Client)>) -> Result<(), Arc<ConnectError>> {
    if let Some((id, client)) = suspect {
        let probe = Command::new("/system/identity/print");
        let limit = CallOptions::timeout(entry.config.probe_timeout);
        match client.execute_with(probe, limit).await {
            outcome
                if outcome
                    .as_ref()
                    .err()
                    .is_none_or(|error| error.refusal().is_some()) =>
            {
                entry.confirmed(id);
                return Ok(());
            }
            _ => entry.discard(id),
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
