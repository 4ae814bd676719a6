//! Retention periods and their cleanup.

use std::time::Duration;

use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;

/// How long raw event bodies are kept.
const BODIES: Duration = Duration::from_hours(30 * 24);
/// How long processed events are remembered, for de-duplication.
const NOTICES: Duration = Duration::from_hours(180 * 24);
/// Rows of a table changed per transaction.
const BATCH: i64 = 1000;

/// Deletes expired sessions, old events and old idempotency keys, and blanks customers whose
/// retention time is over: in batches, each in a transaction of its own, so that whatever was done
/// before a failure stays done. One kind that fails does not keep the others from their turn.
///
/// # Errors
/// The first [`Failure`].
pub async fn tidy_up(app: &App) -> Result<(), Failure> {
    let mut kinds = vec![Kind::Sessions, Kind::Notices, Kind::IdempotencyKeys];
    if let Some(retention) = app.settings.customer_data_retention {
        kinds.push(Kind::Customers(retention));
    }
    let mut outcome = Ok(());
    for kind in kinds {
        outcome = outcome.and(all_batches(app, kind).await);
    }
    outcome
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Sessions,
    Notices,
    IdempotencyKeys,
    Customers(Duration),
}

async fn all_batches(app: &App, kind: Kind) -> Result<(), Failure> {
    let mut total = 0_u64;
    loop {
        let changed = one_batch(app, kind).await?;
        total = total.saturating_add(changed);
        // Sessions go in one statement: there are as many as people who logged out in a day.
        if changed == 0 || matches!(kind, Kind::Sessions) {
            break;
        }
    }
    if total > 0 {
        tracing::info!(?kind, rows = total, "data past its retention time removed");
    }
    Ok(())
}

async fn one_batch(app: &App, kind: Kind) -> Result<u64, Failure> {
    let now = app.now();
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let changed = match kind {
        Kind::Sessions => work.users().forget_expired_sessions(now).await.map(|_| 1)?,
        Kind::Notices => {
            work.inbox()
                .purge(now.minus(BODIES), now.minus(NOTICES), BATCH)
                .await?
        }
        Kind::IdempotencyKeys => match app.settings.idempotency_key_retention {
            Some(retention) => {
                let before = now.minus(retention);
                work.purchases().purge_keys(before, BATCH).await?
            }
            None => 0,
        },
        Kind::Customers(retention) => {
            let before = now.minus(retention);
            work.purchases().blank_customers(before, BATCH).await?
        }
    };
    work.commit().await?;
    Ok(changed)
}
