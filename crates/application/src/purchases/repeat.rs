//! Telling a repeated request from a new one before anything is done about it.

use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::purchases::keys::RequestKeys;
use crate::purchases::request::StartPurchase;

/// Whether this very wish was stored before, so that answering it moves no money: limits leave
/// repeats alone. A guess: the request itself decides under its locks.
///
/// # Errors
/// [`Failure`].
pub async fn is_repeat(
    app: &App,
    portal: &Portal,
    command: &StartPurchase,
) -> Result<bool, Failure> {
    let keys = RequestKeys::of(app.ports.digests.as_ref(), command);
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let mut found = None;
    if let Some(header) = &keys.header {
        found = work
            .purchases()
            .find_by_key(&portal.router_id, header)
            .await?;
    }
    let by_header = found.is_some();
    if found.is_none() {
        found = work
            .purchases()
            .find_by_key(&portal.router_id, &keys.token)
            .await?;
    }
    let begins_anew = match &found {
        Some(known) if !by_header => {
            keys.token_is_free(work.as_mut(), &portal.tenant_id, &known.purchase)
                .await?
        }
        _ => false,
    };
    work.commit().await?;
    Ok(found.is_some_and(|known| known.fingerprint == keys.fingerprint && !begins_anew))
}
