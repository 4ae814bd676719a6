//! What customers' devices do by themselves: come, log in at the portal, use traffic, return.

use std::net::IpAddr;

use crate::hotspot::expiry;
use crate::hotspot::login::{Attempt, host_at, log_in};
use crate::hotspot::session;
use crate::item::Facts;
use crate::menus::path;
use crate::refusal::Refusal;
use crate::router::Router;

/// A device got an address from the hotspot. Replaces an older row of the same device.
pub(crate) fn arrive(router: &mut Router, mac: &str, ip: &str) -> Result<u64, Refusal> {
    let server = router
        .items(path::SERVER)
        .find_map(|server| server.get("name"))
        .unwrap_or(b"hotspot1")
        .to_vec();
    let id = router.insert(
        path::HOST,
        &[
            ("mac-address", mac.as_bytes()),
            ("address", ip.as_bytes()),
            ("to-address", ip.as_bytes()),
            ("server", &server),
            ("bridge-port", b"ether2"),
        ],
    )?;
    let device = router.text(path::HOST, id, "mac-address");
    let old: Vec<u64> = router
        .items(path::HOST)
        .filter(|host| host.id != id)
        .filter(|host| host.get("mac-address") == device.as_deref().map(str::as_bytes))
        .map(|host| host.id)
        .collect();
    for host in old {
        session::forget_host(router, host);
    }
    Ok(id)
}

/// The customer logs in at the router's own portal page.
pub(crate) fn portal_login(
    router: &mut Router,
    ip: IpAddr,
    user: &str,
    password: &str,
) -> Result<(), Refusal> {
    expiry::tick(router);
    let host = host_at(router, ip)?;
    let attempt = Attempt {
        user: user.as_bytes(),
        password: Some(password.as_bytes()),
        domain: None,
        method: "http-chap",
    };
    log_in(router, &host, attempt)
}

/// The device sends something while logged out: its MAC cookie, if it has one, logs it in.
/// Returns whether it did.
pub(crate) fn come_back(router: &mut Router, ip: IpAddr) -> Result<bool, Refusal> {
    expiry::tick(router);
    let host = host_at(router, ip)?;
    let device = host.get("mac-address").map(<[u8]>::to_vec);
    let user = router
        .items(path::COOKIE)
        .filter(|cookie| cookie.get("mac-cookie") == Some(b"true"))
        .find(|cookie| cookie.get("mac-address") == device.as_deref())
        .and_then(|cookie| cookie.get("user"))
        .map(<[u8]>::to_vec);
    let Some(user) = user else {
        return Ok(false);
    };
    let attempt = Attempt {
        user: &user,
        password: None,
        domain: None,
        method: "mac-cookie",
    };
    log_in(router, &host, attempt).map(|()| true)
}

/// The device's session moves this many bytes; in is from the client. A traffic limit that is
/// passed ends the session.
pub(crate) fn use_traffic(
    router: &mut Router,
    ip: IpAddr,
    bytes_in: u64,
    bytes_out: u64,
) -> Result<(), Refusal> {
    expiry::tick(router);
    let host = host_at(router, ip)?;
    for id in session::of_host(router, host.id) {
        if let Some(Facts::Session(session)) = router.facts_mut(path::ACTIVE, id) {
            session.bytes_in = session.bytes_in.saturating_add(bytes_in);
            session.bytes_out = session.bytes_out.saturating_add(bytes_out);
        }
        if traffic_is_used_up(router, id) {
            session::end(router, id);
        }
    }
    Ok(())
}

fn traffic_is_used_up(router: &Router, active: u64) -> bool {
    let Some(Facts::Session(session)) = router.item(path::ACTIVE, active).map(|row| &row.facts)
    else {
        return false;
    };
    let before = match router
        .item(path::USER, session.user)
        .map(|user| &user.facts)
    {
        Some(Facts::Used(used)) => *used,
        _ => return false,
    };
    let total = before.plus(session::usage(session, router.clock.now()));
    let spent = [
        ("limit-bytes-in", total.bytes_in),
        ("limit-bytes-out", total.bytes_out),
        (
            "limit-bytes-total",
            total.bytes_in.saturating_add(total.bytes_out),
        ),
    ];
    spent.into_iter().any(|(limit, spent)| {
        router
            .number(path::USER, session.user, limit)
            .is_some_and(|limit| limit > 0 && spent >= limit)
    })
}
