//! Closing what nobody uses.

use std::hash::Hash;
use std::sync::Weak;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::pool::registry::Registry;

/// How often, at most.
const OFTEN: Duration = Duration::from_secs(30);

/// Runs until the pool is gone.
pub(super) async fn reap<K: Eq + Hash + Send + Sync>(registry: Weak<Registry<K>>, idle: Duration) {
    let period = (idle / 2).clamp(Duration::from_millis(10), OFTEN);
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(registry) = registry.upgrade() else {
            return;
        };
        registry.evict(Instant::now());
    }
}
