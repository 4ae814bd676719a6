//! What the program can be told to do.

pub(crate) mod create_admin;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod rotate_keys;
pub(crate) mod serve;

use std::time::{Duration, Instant};

use crate::config::Config;

/// Anything that ends a command.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The longest pause between two looks whether the database is up.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Brings the database to the schema of this build; waits for one that is not up yet, as it is
/// when both are started together.
async fn migrated(config: &Config) -> Result<Vec<String>, Failed> {
    let deadline = Instant::now() + config.database_start_timeout;
    let mut pause = Duration::from_millis(100);
    loop {
        let error = match storage_postgres::migrate(&config.database_url).await {
            Ok(applied) => return Ok(applied),
            Err(error) => error,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || !error.is_for_want_of_a_database() {
            return Err(error.into());
        }
        tracing::warn!(
            seconds_left = left.as_secs(),
            "the database is not up: trying again"
        );
        tokio::time::sleep(pause.min(left)).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}
