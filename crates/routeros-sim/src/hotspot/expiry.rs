//! What ends by itself.

use crate::hotspot::session;
use crate::item::Facts;
use crate::menus::path;
use crate::router::Router;

/// Ends sessions and cookies whose time has come, as of the moment it came.
pub(crate) fn tick(router: &mut Router) {
    let now = router.clock.now();
    let mut over: Vec<(u64, u64)> = session::sessions(router)
        .filter_map(|(id, session)| Some((session.ends.filter(|ends| *ends <= now)?, id)))
        .collect();
    over.sort_unstable();
    for (at, id) in over {
        session::end_at(router, id, at);
    }
    let stale: Vec<u64> = router
        .items(path::COOKIE)
        .filter(|cookie| matches!(cookie.facts, Facts::Expires(at) if at <= now))
        .map(|cookie| cookie.id)
        .collect();
    for id in stale {
        router.take(path::COOKIE, id);
    }
}
