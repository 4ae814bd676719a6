//! Writes the counted uses of API keys.

use ports::store::Scope;
use ports::store::api_keys::KeyUse;

use crate::app::App;
use crate::error::Failure;

/// Writes the uses counted since the last call; keeps them when the store fails.
///
/// # Errors
/// [`Failure`].
pub async fn flush(app: &App) -> Result<(), Failure> {
    let uses = app.key_usage.take();
    if uses.is_empty() {
        return Ok(());
    }
    let written = write(app, &uses).await;
    if written.is_err() {
        for KeyUse {
            id,
            count,
            last_used_at,
        } in uses
        {
            app.key_usage.add(id, count, last_used_at);
        }
    }
    written
}

async fn write(app: &App, uses: &[KeyUse]) -> Result<(), Failure> {
    app.write(Scope::Platform, async |uow| {
        uow.api_keys().record_uses(uses).await?;
        Ok(())
    })
    .await
}
