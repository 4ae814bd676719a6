//! The nightly check of every router.

use std::time::Duration;

use domain::notification::NotificationKind;
use domain::router::RouterStatus;
use domain::time::Timestamp;
use ports::store::Scope;
use ports::store::outbox::NewNotification;
use ports::store::router_care::{CheckOutcome, RouterCheck};

use crate::app::App;
use crate::error::Failure;
use crate::operator::diagnosis::examine;
use crate::operator::router_kit::SOON;
use crate::operator::routers::RouterError;

/// Routers that one turn claims.
const BATCH: i64 = 16;
/// Longer than one check may take, pending users included.
const LEASE: Duration = Duration::from_mins(10);
/// The hour of the nightly check, UTC: three in the morning in the middle of Mexico.
const NIGHT: i64 = 9 * 3600;
/// Over this time the checks of a night are spread.
const SPREAD: i64 = 3600;
const DAY: i64 = 86_400;
/// A router that is down is looked at again so often, so that its return is told soon.
const WHILE_DOWN: Duration = Duration::from_mins(10);

/// So long after a script was made its user is looked for often; later, with the nightly check.
const NEW_USER_WITHIN: Duration = Duration::from_hours(1);

/// Checks every router whose check is due.
///
/// # Errors
/// The last [`Failure`]; the other routers are checked all the same.
pub async fn check_routers(app: &App) -> Result<(), Failure> {
    let mut outcome = Ok(());
    loop {
        let due = app
            .write(Scope::Platform, async |uow| {
                uow.router_care()
                    .claim_checks(app.now(), LEASE, BATCH)
                    .await
            })
            .await?;
        if due.is_empty() {
            return outcome;
        }
        for check in due {
            if let Err(failure) = check_router(app, check).await {
                outcome = Err(failure);
            }
        }
    }
}

async fn check_router(app: &App, check: RouterCheck) -> Result<(), Failure> {
    let tenant = check.tenant_id.clone();
    let scope = Scope::Tenant(tenant.clone());
    let found = app
        .read(scope.clone(), async |uow| {
            uow.routers().find(&tenant, &check.router_id).await
        })
        .await?;
    let Some(router) = found else {
        return Ok(());
    };
    let status = match examine(app, router).await {
        Ok(diagnosis) => diagnosis.status,
        Err(RouterError::Failure(failure)) => return Err(failure),
        // Deleted meanwhile, with its tenant.
        Err(_gone) => return Ok(()),
    };
    let now = app.now();
    let pending = app
        .read(scope.clone(), async |uow| {
            let care = uow.router_care();
            care.list_pending_users(&tenant, &check.router_id).await
        })
        .await?;
    let newest = pending.first();
    let awaits_new_user = newest.is_some_and(|user| now.since(user.created_at) < NEW_USER_WITHIN);
    let before = check.outcome.as_ref();
    let since = before
        .filter(|outcome| outcome.status == status)
        .map_or(now, |outcome| outcome.since);
    let news = news(before.map(|outcome| outcome.status), status);
    let due_at = if awaits_new_user {
        now.plus(SOON)
    } else if status == RouterStatus::Down {
        now.plus(WHILE_DOWN)
    } else {
        next_night(now, check.router_id.as_str())
    };
    let done = RouterCheck {
        outcome: Some(CheckOutcome {
            status,
            since,
            checked_at: now,
        }),
        due_at,
        ..check
    };
    app.write(scope, async |uow| {
        uow.router_care().save_check(&done).await?;
        if let Some(kind) = news {
            let notification = NewNotification {
                tenant_id: done.tenant_id.clone(),
                kind,
                purchase_id: None,
                created_at: now,
            };
            uow.outbox().push(&notification).await?;
        }
        Ok::<_, Failure>(())
    })
    .await
}

/// What the operator is told: once when it goes down, once when it comes back.
fn news(before: Option<RouterStatus>, now: RouterStatus) -> Option<NotificationKind> {
    let was_down = before == Some(RouterStatus::Down);
    let is_down = now == RouterStatus::Down;
    match (was_down, is_down) {
        // One that has never answered is being set up.
        (false, true) => before.map(|_known| NotificationKind::RouterDown),
        (true, false) => Some(NotificationKind::RouterBack),
        (true, true) | (false, false) => None,
    }
}

/// The next night, at a time of its own within it.
fn next_night(now: Timestamp, router_id: &str) -> Timestamp {
    let spread = router_id
        .bytes()
        .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % SPREAD);
    let today = now.unix_seconds().div_euclid(DAY) * DAY;
    let at = today + NIGHT + spread;
    let at = if at <= now.unix_seconds() {
        at + DAY
    } else {
        at
    };
    Timestamp::from_unix_seconds(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_told_once() {
        use RouterStatus::{Down, Good, Warnings};
        assert_eq!(news(None, Down), None);
        assert_eq!(news(Some(Good), Down), Some(NotificationKind::RouterDown));
        assert_eq!(
            news(Some(Warnings), Down),
            Some(NotificationKind::RouterDown)
        );
        assert_eq!(news(Some(Down), Down), None);
        assert_eq!(
            news(Some(Down), Warnings),
            Some(NotificationKind::RouterBack)
        );
        assert_eq!(news(Some(Good), Warnings), None);
        assert_eq!(news(None, Good), None);
    }

    #[test]
    fn a_night_has_one_check() {
        let now = Timestamp::from_unix_seconds(1_772_618_400);
        let next = next_night(now, "RTR_1");
        let then = next_night(next, "RTR_1");
        assert_eq!(then.since(next), Duration::from_hours(24));
        assert!(next.since(now) <= Duration::from_hours(24));
        assert_ne!(next, next_night(now, "RTR_2"));
    }
}
