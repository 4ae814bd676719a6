//! Seals every stored secret anew with the writing key.

use application::jobs::rotate_keys::{missing_keys, rotate};

use crate::commands::{Failed, migrated};
use crate::config::Config;
use crate::telemetry::say;
use crate::wiring::Wired;

pub(crate) async fn run(config: &Config) -> Result<(), Failed> {
    migrated(config).await?;
    let wired = Wired::new(config)?;
    let done = rotate(&wired.app).await?;
    if done.unreadable > 0 {
        return Err(format!(
            "{} stored secrets cannot be opened; keys that are not configured: {}; {} were sealed anew",
            done.unreadable,
            missing_keys(&wired.app).await?.join(", "),
            done.resealed
        )
        .into());
    }
    say(&format!(
        "{} stored secrets were sealed anew.",
        done.resealed
    ));
    Ok(())
}
