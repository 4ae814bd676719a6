//! What is forgotten, and when.

use std::time::Duration;

use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;

/// How long raw event bodies are kept.
const BODIES: Duration = Duration::from_hours(30 * 24);
/// How long processed events are remembered, for de-duplication.
const NOTICES: Duration = Duration::from_hours(180 * 24);

/// Forgets expired sessions and old events, and blanks customers whose retention time is over.
///
/// # Errors
/// [`Failure`].
pub async fn tidy_up(app: &App) -> Result<(), Failure> {
    let now = app.now();
    app.write(Scope::Platform, async |uow| {
        uow.users().forget_expired_sessions(now).await?;
        uow.inbox()
            .purge(now.minus(BODIES), now.minus(NOTICES))
            .await?;
        if let Some(retention) = app.settings.customer_data_retention {
            let blanked = uow
                .purchases()
                .blank_customers(now.minus(retention))
                .await?;
            if blanked > 0 {
                tracing::info!(blanked, "customers' data blanked after the retention time");
            }
        }
        Ok(())
    })
    .await
}
