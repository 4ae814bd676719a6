//! Runs the workers' turns in loops until shutdown.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use application::app::App;
use application::error::Failure;
use application::gateway_events::process;
use application::jobs::{audit, housekeeping, key_usage, router_checks};
use application::notifications::deliver;
use application::purchase::engine;
use application::purchase::persistence;
use application::replica::fairness::InHand;
use domain::ids::TenantId;
use domain::purchase::Purchase;
use ports::store::inbox::InboxEntry;
use tokio::sync::Semaphore;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

/// Purchases and notices worked on at once, in this replica.
const SLOTS: usize = 64;
/// Uses of API keys become visible within this time.
const KEY_USAGE_EVERY: Duration = Duration::from_secs(2);
/// Soon: a server that is restarted often must forget, too.
const FIRST_TIDY_UP: Duration = Duration::from_secs(10);
const TIDY_UP_EVERY: Duration = Duration::from_hours(1);
/// How often due checks of routers are looked for; each router has one a night.
const ROUTER_CHECKS_EVERY: Duration = Duration::from_mins(1);
const AUDIT_EVERY: Duration = Duration::from_hours(24);
/// The first audit runs soon after the start, but not at once: replicas start together.
const FIRST_AUDIT: Duration = Duration::from_mins(10);

/// The loops of one replica.
pub(crate) struct Workers {
    pub(crate) app: Arc<App>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) interval: Duration,
}

impl Workers {
    /// Starts every loop.
    pub(crate) fn start(&self) {
        self.claims(
            "purchases",
            |purchase: &Purchase| Some(purchase.sale().tenant_id.clone()),
            |app, limit, busy| async move { persistence::claim_due(&app, limit, busy).await },
            |app, purchase| async move { engine::advance(&app, purchase).await },
        );
        self.claims(
            "inbox",
            |entry: &InboxEntry| Some(entry.tenant_id.clone()),
            |app, limit, busy| async move { process::claim(&app, limit, busy).await },
            |app, entry| async move { process::process(&app, entry).await },
        );
        self.claims(
            "outbox",
            // A tenant never has two of these on the way.
            |_entry| None,
            |app, limit, _busy| async move { deliver::claim(&app, limit).await },
            |app, entry| async move { deliver::deliver(&app, entry).await },
        );
        self.every(
            "housekeeping",
            FIRST_TIDY_UP,
            TIDY_UP_EVERY,
            |app| async move { housekeeping::tidy_up(&app).await },
        );
        self.every(
            "router checks",
            ROUTER_CHECKS_EVERY,
            ROUTER_CHECKS_EVERY,
            |app| async move { router_checks::check_routers(&app).await },
        );
        self.every("audit", FIRST_AUDIT, AUDIT_EVERY, |app| async move {
            audit::audit_all(&app).await.map(|_result| ())
        });
    }

    /// Counting uses of keys is not work on purchases: it runs even where workers are off.
    pub(crate) fn start_key_usage(&self) {
        self.every(
            "key usage",
            KEY_USAGE_EVERY,
            KEY_USAGE_EVERY,
            |app| async move { key_usage::flush(&app).await },
        );
    }

    /// Claims work whenever there are free slots, and works on each piece in a task of its own,
    /// so that a slow one holds up no other.
    fn claims<T, O, C, CF, W, WF>(&self, name: &'static str, owner: O, claim: C, work: W)
    where
        T: Send + 'static,
        O: Fn(&T) -> Option<TenantId> + Send + 'static,
        C: Fn(Arc<App>, i64, Vec<TenantId>) -> CF + Send + 'static,
        CF: Future<Output = Result<Vec<T>, Failure>> + Send + 'static,
        W: Fn(Arc<App>, T) -> WF + Send + 'static,
        WF: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let (app, tasks, stop, interval) = (
            Arc::clone(&self.app),
            self.tasks.clone(),
            self.stop.clone(),
            self.interval,
        );
        let slots = Arc::new(Semaphore::new(SLOTS));
        let in_hand = InHand::default();
        self.tasks.spawn(async move {
            while !stop.is_cancelled() {
                let free = i64::try_from(slots.available_permits())
                    .unwrap_or(1)
                    .min(16);
                let claimed = if free > 0 {
                    let turn = claim(Arc::clone(&app), free, in_hand.busy());
                    let claiming = tokio::spawn(turn.instrument(turn_span(&app, name)));
                    survive(name, claiming.await).unwrap_or_else(|| Ok(Vec::new()))
                } else {
                    Ok(Vec::new())
                };
                let pieces = claimed.unwrap_or_else(|error| {
                    log_failure(name, &error);
                    Vec::new()
                });
                let found_some = !pieces.is_empty();
                for piece in pieces {
                    let Ok(permit) = Arc::clone(&slots).acquire_owned().await else {
                        return;
                    };
                    let held = owner(&piece).map(|tenant| in_hand.take(tenant));
                    let turn = work(Arc::clone(&app), piece);
                    let turn = async move {
                        if let Err(error) = turn.await {
                            log_failure(name, &error);
                        }
                        drop((held, permit));
                    };
                    tasks.spawn(turn.instrument(turn_span(&app, name)));
                }
                // Where there was work there may be more at once; else look again shortly.
                let pause = if found_some {
                    Duration::from_millis(20)
                } else {
                    pause_for(interval)
                };
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    fn every<W, WF>(&self, name: &'static str, first: Duration, interval: Duration, work: W)
    where
        W: Fn(Arc<App>) -> WF + Send + 'static,
        WF: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let (app, stop) = (Arc::clone(&self.app), self.stop.clone());
        self.tasks.spawn(async move {
            let mut pause = first;
            loop {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => return,
                }
                let turn = work(Arc::clone(&app));
                let turn = async move {
                    if let Err(error) = turn.await {
                        log_failure(name, &error);
                    }
                };
                let turn = tokio::spawn(turn.instrument(turn_span(&app, name)));
                survive(name, turn.await);
                pause = interval;
            }
        });
    }
}

/// Due work is looked for at least every second, so that a paid customer whose router was away
/// for a moment does not wait for a whole reconcile interval.
fn pause_for(interval: Duration) -> Duration {
    interval.min(Duration::from_secs(1))
}

/// A turn that panicked ends neither its loop nor the server.
fn survive<T>(worker: &str, turn: Result<T, JoinError>) -> Option<T> {
    turn.map_err(|panic| tracing::error!(worker, %panic, "a worker's turn panicked"))
        .ok()
}

/// What a turn logs is found by its id, as what a request logs.
fn turn_span(app: &App, name: &'static str) -> Span {
    tracing::info_span!("worker", name, id = app.new_request_id())
}

fn log_failure(worker: &str, error: &Failure) {
    let cause = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::error!(worker, %error, cause, "a worker's turn failed");
}
