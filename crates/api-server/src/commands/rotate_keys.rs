//! Seals every stored secret anew with the writing key.

use application::jobs::rotate_keys::{missing_keys, rotate_batch};

use crate::commands::Failed;
use crate::config::Config;
use crate::telemetry::say;
use crate::wiring::Wired;

pub(crate) async fn run(config: &Config) -> Result<(), Failed> {
    storage_postgres::migrate(config.database_url_text.expose()).await?;
    let wired = Wired::new(config)?;
    let mut total = 0_usize;
    loop {
        let batch = rotate_batch(&wired.app).await?;
        total = total.saturating_add(batch.resealed);
        if batch.unreadable > 0 {
            return Err(format!(
                "some stored secrets cannot be opened; keys that are not configured: {}; {total} were sealed anew",
                missing_keys(&wired.app).await?.join(", ")
            )
            .into());
        }
        if batch.resealed == 0 {
            break;
        }
    }
    say(&format!("{total} stored secrets were sealed anew."));
    Ok(())
}
