//! Writing a purchase: one short transaction, a compare-and-set.

use domain::notice::NoticeKind;
use domain::purchase::{Purchase, PurchaseState};
use domain::refund::Refund;
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::outbox::OutboxEntry;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::error::Failure;
use crate::sabotage::Sabotage;

/// What is written together with the purchase.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// Notices to the operator.
    pub(super) notices: Vec<NoticeKind>,
    /// Whether the purchase's idempotency keys become free again: nothing was charged, and a
    /// repeat may try anew.
    pub(super) release_keys: bool,
    /// A refund whose end is written.
    pub(super) refund: Option<Box<Refund>>,
}

impl Extras {
    pub(super) fn notices(notices: impl IntoIterator<Item = NoticeKind>) -> Self {
        Self {
            notices: notices.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Saves the purchase if nobody else has changed it since it was read. `false`: somebody has,
/// nothing was written, and the caller must stop working on it.
///
/// # Errors
/// [`Failure`]; whether the write took effect is unknown then, so the caller must stop as well.
pub(super) async fn save(
    app: &App,
    purchase: &mut Purchase,
    extras: Extras,
) -> Result<bool, Failure> {
    let scope = Scope::Tenant(purchase.tenant_id.clone());
    let mut work = app.ports.store.begin(scope).await?;
    if app.has(Sabotage::NoCompareAndSet)
        && let Some(stored) = work.purchases().find(purchase.id).await?
    {
        purchase.revision = stored.revision;
    }
    if app.has(Sabotage::NoRemovalAfterDecline) && purchase.state == PurchaseState::Declined {
        purchase.removal_confirmed();
    }
    match write(work.as_mut(), purchase, &extras, app.now()).await {
        Ok(true) => {}
        Ok(false) => {
            work.rollback().await?;
            return Ok(false);
        }
        Err(error) => return lost_to_a_concurrent_writer(error),
    }
    fail::fail_point!(crate::crash::SAVE_WRITTEN);
    match work.commit().await {
        Ok(()) => {
            fail::fail_point!(crate::crash::SAVE_COMMITTED);
            Ok(true)
        }
        Err(error) => lost_to_a_concurrent_writer(error),
    }
}

fn lost_to_a_concurrent_writer(error: StoreError) -> Result<bool, Failure> {
    match error {
        StoreError::Serialization => Ok(false),
        other => Err(other.into()),
    }
}

async fn write(
    work: &mut dyn UnitOfWork,
    purchase: &mut Purchase,
    extras: &Extras,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !work.purchases().save(purchase).await? {
        return Ok(false);
    }
    for kind in &extras.notices {
        let entry = OutboxEntry {
            id: 0,
            tenant_id: purchase.tenant_id.clone(),
            kind: *kind,
            purchase_id: Some(purchase.id),
            created_at: now,
            attempts: 0,
        };
        work.outbox().push(&entry).await?;
    }
    if let Some(refund) = &extras.refund {
        work.refunds().save(refund).await?;
    }
    if extras.release_keys {
        work.purchases().release_keys(purchase.id, None).await?;
    }
    Ok(true)
}
