//! How sessions end.

use std::time::Duration;

use crate::item::{Facts, Session, Usage};
use crate::menus::path;
use crate::router::Router;

/// Ends a session now.
pub(crate) fn end(router: &mut Router, id: u64) {
    let now = router.clock.now();
    end_at(router, id, now);
}

/// Ends a session as of `at`; what it used is added to its user, whose limits count over all
/// sessions.
pub(crate) fn end_at(router: &mut Router, id: u64, at: u64) {
    let Some(item) = router.take(path::ACTIVE, id) else {
        return;
    };
    let Facts::Session(session) = item.facts else {
        return;
    };
    let used = usage(&session, at);
    if let Some(mut user) = router.item(path::USER, session.user).cloned() {
        if let Facts::Used(before) = user.facts {
            user.facts = Facts::Used(before.plus(used));
        }
        router.put(path::USER, user);
    }
}

/// What a session used up to `at`.
pub(crate) fn usage(session: &Session, at: u64) -> Usage {
    Usage {
        uptime: Duration::from_millis(at.saturating_sub(session.started)),
        bytes_in: session.bytes_in,
        bytes_out: session.bytes_out,
    }
}

/// A device went away: its session ends and its row goes.
pub(crate) fn forget_host(router: &mut Router, host: u64) {
    for id in of_host(router, host) {
        end(router, id);
    }
    router.take(path::HOST, host);
}

/// Sessions of a host.
pub(crate) fn of_host(router: &Router, host: u64) -> Vec<u64> {
    sessions(router)
        .filter(|(_, session)| session.host == host)
        .map(|(id, _)| id)
        .collect()
}

/// All sessions.
pub(crate) fn sessions(router: &Router) -> impl Iterator<Item = (u64, &Session)> {
    router
        .items(path::ACTIVE)
        .filter_map(|item| match &item.facts {
            Facts::Session(session) => Some((item.id, session)),
            _ => None,
        })
}
