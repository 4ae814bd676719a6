//! Closing what nobody uses.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often, at most.
const OFTEN: Duration = Duration::from_secs(30);

/// Calls `evict` every now and then until it returns `false`: the pool is gone.
pub(super) async fn reap(idle: Duration, evict: impl Fn(Instant) -> bool) {
    let period = (idle / 2).clamp(Duration::from_millis(10), OFTEN);
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !evict(Instant::now()) {
            return;
        }
    }
}
