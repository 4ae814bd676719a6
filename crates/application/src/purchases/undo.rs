//! A reservation that nobody will use: made by a process that slept past its lease.

use domain::purchase::Purchase;

use crate::app::App;
use crate::error::Failure;
use crate::purchases::save::{Extras, save};
use crate::workers::purchases::claim_one;

/// Queues the removal of the purchase's reservation, unless somebody is at work on it: they look
/// at the router themselves.
pub(super) async fn queue(app: &App, stale: &Purchase) -> Result<(), Failure> {
    let Some(id) = stale.hotspot_id.clone() else {
        return Ok(());
    };
    let Some(mut current) = claim_one(app, stale.id, &stale.tenant_id).await? else {
        return Ok(());
    };
    current.reservation_found_late(id, app.now());
    current.locked_until = None;
    save(app, &mut current, Extras::default()).await?;
    Ok(())
}
