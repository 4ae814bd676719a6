//! Applies pending migrations.

use crate::commands::{Failed, migrated};
use crate::config::Config;
use crate::telemetry::say;

pub(crate) async fn run(config: &Config) -> Result<(), Failed> {
    let applied = migrated(config).await?;
    if applied.is_empty() {
        say("The database is up to date.");
    }
    for version in applied {
        say(&format!("Applied migration {version}."));
    }
    Ok(())
}
