//! Notices that send themselves, where that is switched on.

use std::sync::Arc;

use crate::hub::Hub;
use crate::webhooks::deliver;
use crate::webhooks::order::SendOrder;

/// Sends each new notice once, in order, while `auto_notify` is on and an address is known.
pub(crate) async fn run(hub: Arc<Hub>) {
    let mut changes = hub.watch();
    let mut done = 0;
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => return,
            woken = changes.changed() => if woken.is_err() { return },
        }
        while let Some((seq, event_id)) = next(&hub, &mut done) {
            done = seq;
            let order = SendOrder {
                event_id: Some(event_id),
                ..SendOrder::default()
            };
            tokio::select! {
                () = hub.stop.cancelled() => return,
                // Without an address there is nobody to tell; a refusal shows in the notice.
                _ = deliver::send(&hub, &order) => {}
            }
        }
    }
}

fn next(hub: &Hub, done: &mut u64) -> Option<(u64, String)> {
    let state = hub.state();
    if !state.settings.auto_notify {
        return None;
    }
    let notices = state.notices.all();
    // After a reset the numbers start anew.
    if notices.last().is_none_or(|last| last.seq < *done) {
        *done = 0;
    }
    // A notice's number is its place in the list, from 1.
    let later = notices.get(usize::try_from(*done).ok()?..)?;
    let next = later.iter().find(|notice| notice.sent == 0)?;
    Some((next.seq, next.id.clone()))
}
