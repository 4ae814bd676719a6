//! Logging a customer in, with every refusal a router has.

use std::net::IpAddr;

use crate::clock::millis;
use crate::hotspot::session;
use crate::item::{Facts, Item, Session, Usage};
use crate::menus::path;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::router::Router;
use crate::rules;
use crate::value::mac;

/// Attributes of `/ip/hotspot/active/login`.
const ARGUMENTS: [&str; 5] = ["ip", "user", "password", "mac-address", "domain"];

/// What a customer, or someone on their behalf, hands in.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) user: &'a [u8],
    /// `None` when a cookie stands for it.
    pub(crate) password: Option<&'a [u8]>,
    pub(crate) domain: Option<&'a [u8]>,
    /// `http-pap` and the like.
    pub(crate) method: &'static str,
}

/// `/ip/hotspot/active/login`.
pub(crate) fn by_command(router: &mut Router, request: &Request) -> Result<(), Refusal> {
    for (name, _) in &request.attributes {
        if !ARGUMENTS.iter().any(|known| known.as_bytes() == name) {
            return Err(Refusal::unknown_parameter(router.version, name));
        }
    }
    let (Some(ip), Some(user)) = (request.get("ip"), request.get("user")) else {
        let missing: Vec<_> = ["ip", "user"]
            .into_iter()
            .filter(|name| request.get(name).is_none())
            .collect();
        return Err(Refusal::missing(&missing));
    };
    let ip: IpAddr = std::str::from_utf8(ip)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::invalid("ip"))?;
    let device = match request.get("mac-address") {
        Some(text) => {
            let text = std::str::from_utf8(text).ok().and_then(mac::canonical);
            Some(text.ok_or_else(|| Refusal::mac_required("mac-address"))?)
        }
        None => None,
    };
    let host = host_at(router, ip)?;
    if device.is_some_and(|mac| host.get("mac-address") != Some(mac.as_bytes())) {
        return Err(Refusal::plain("wrong MAC provided"));
    }
    let attempt = Attempt {
        user,
        password: Some(request.get("password").unwrap_or_default()),
        domain: request.get("domain"),
        method: "http-pap",
    };
    log_in(router, &host, attempt)
}

/// The device at an address, which must be one that the hotspot knows.
pub(crate) fn host_at(router: &Router, ip: IpAddr) -> Result<Item, Refusal> {
    let text = ip.to_string();
    router
        .items(path::HOST)
        .find(|host| {
            ["address", "to-address"]
                .iter()
                .any(|name| host.get(name) == Some(text.as_bytes()))
        })
        .filter(|host| !router.bound(host, "blocked"))
        .cloned()
        .ok_or_else(|| Refusal::plain(format!("unknown host IP {text}")))
}

/// Logs in from a known host.
pub(crate) fn log_in(
    router: &mut Router,
    host: &Item,
    attempt: Attempt<'_>,
) -> Result<(), Refusal> {
    let server = host.get("server").unwrap_or_default().to_vec();
    allowed_method(router, &server, attempt.method)?;
    if !session::of_host(router, host.id).is_empty() {
        return Err(Refusal::plain("already logged in"));
    }
    let user = find_user(router, &server, attempt)?;
    let name = String::from_utf8_lossy(attempt.user).into_owned();
    if let Some(own) = user.get("mac-address")
        && own != mac::ANY.as_bytes()
        && host.get("mac-address") != Some(own)
    {
        let text = format!("invalid username ({name}): this MAC address is not yours");
        return Err(Refusal::plain(text));
    }
    let before = match user.facts {
        Facts::Used(usage) => usage,
        _ => Usage::default(),
    };
    within_limits(router, &user, &name, before)?;
    room_for_one_more(router, &user, &name)?;
    start(router, host, &user, attempt, before);
    Ok(())
}

/// The way in must be one that the server's profile allows.
fn allowed_method(router: &Router, server: &[u8], method: &str) -> Result<(), Refusal> {
    let profile = router
        .table(path::SERVER)
        .and_then(|table| table.named(server).first())
        .and_then(|id| router.text(path::SERVER, *id, "profile"));
    let ways = profile
        .and_then(|name| {
            let table = router.table(path::SERVER_PROFILE)?;
            let id = table.named(name.as_bytes()).first()?;
            router.text(path::SERVER_PROFILE, *id, "login-by")
        })
        .unwrap_or_default();
    if ways.split(',').any(|way| way == method) {
        Ok(())
    } else {
        Err(Refusal::plain(format!("login by {method} is not allowed")))
    }
}

/// The enabled user of this name on this server, if the password fits. Every failure reads alike.
fn find_user(router: &Router, server: &[u8], attempt: Attempt<'_>) -> Result<Item, Refusal> {
    let table = router.table(path::USER);
    let named = table
        .map(|table| table.named(attempt.user))
        .unwrap_or_default();
    named
        .iter()
        .filter_map(|id| router.item(path::USER, *id))
        .filter(|user| user.get("disabled") != Some(b"true"))
        .filter(|user| user.get("default") != Some(b"true"))
        .filter(|user| {
            router
                .text(path::USER, user.id, "server")
                .is_none_or(|own| own == "all" || own.as_bytes() == server)
        })
        .find(|user| {
            attempt
                .password
                .is_none_or(|password| user.get("password").unwrap_or_default() == password)
        })
        .cloned()
        .ok_or_else(|| Refusal::plain("invalid username or password"))
}

/// Limits are over the life of the user row, not per session.
fn within_limits(router: &Router, user: &Item, name: &str, before: Usage) -> Result<(), Refusal> {
    if let Some(limit) = router.duration(path::USER, user.id, "limit-uptime")
        && before.uptime >= limit
    {
        return Err(Refusal::plain(if router.version.is_v7() {
            "your uptime limit is reached".to_owned()
        } else {
            format!("user {name} has reached uptime limit")
        }));
    }
    let spent = [
        ("limit-bytes-in", before.bytes_in),
        ("limit-bytes-out", before.bytes_out),
        (
            "limit-bytes-total",
            before.bytes_in.saturating_add(before.bytes_out),
        ),
    ];
    let over = spent.into_iter().any(|(limit, spent)| {
        router
            .number(path::USER, user.id, limit)
            .is_some_and(|limit| limit > 0 && spent >= limit)
    });
    if over {
        return Err(Refusal::plain(format!(
            "user {name} has reached traffic limit"
        )));
    }
    Ok(())
}

/// Devices of one user, and sessions of the licence.
fn room_for_one_more(router: &Router, user: &Item, name: &str) -> Result<(), Refusal> {
    let all = router.items(path::ACTIVE).count();
    if router
        .settings
        .licensed_sessions
        .is_some_and(|most| all >= most)
    {
        return Err(Refusal::plain("session limit reached"));
    }
    let shared = rules::profile_of(router, user.id)
        .and_then(|profile| router.number(path::PROFILE, profile, "shared-users"));
    let own = session::sessions(router)
        .filter(|(_, session)| session.user == user.id)
        .count();
    let own = u64::try_from(own).unwrap_or(u64::MAX);
    if shared.is_some_and(|most| own >= most) {
        let text = format!("no more sessions are allowed for user {name}");
        return Err(Refusal::plain(text));
    }
    Ok(())
}

/// Writes the session, and the cookie that lets the device come back.
fn start(router: &mut Router, host: &Item, user: &Item, attempt: Attempt<'_>, before: Usage) {
    let now = router.clock.now();
    let profile = rules::profile_of(router, user.id);
    let per_login =
        profile.and_then(|profile| router.duration(path::PROFILE, profile, "session-timeout"));
    let left = router
        .duration(path::USER, user.id, "limit-uptime")
        .map(|limit| limit.saturating_sub(before.uptime));
    let ends = [per_login, left]
        .into_iter()
        .flatten()
        .min()
        .map(|run| now.saturating_add(millis(run)));
    let Some(mut active) = router.blank(path::ACTIVE) else {
        return;
    };
    active.facts = Facts::Session(Session {
        user: user.id,
        host: host.id,
        started: now,
        ends,
        bytes_in: 0,
        bytes_out: 0,
    });
    active.set("user", attempt.user.to_vec());
    active.set("login-by", attempt.method.as_bytes().to_vec());
    if let Some(domain) = attempt.domain {
        active.set("domain", domain.to_vec());
    }
    for name in ["server", "address", "mac-address"] {
        if let Some(value) = host.get(name) {
            active.set(name, value.to_vec());
        }
    }
    for name in ["limit-bytes-in", "limit-bytes-out", "limit-bytes-total"] {
        if let Some(value) = user.get(name) {
            active.set(name, value.to_vec());
        }
    }
    for name in ["idle-timeout", "keepalive-timeout"] {
        let value = profile.and_then(|profile| router.text(path::PROFILE, profile, name));
        if let Some(value) = value.filter(|value| value != "none") {
            active.set(name, value.into_bytes());
        }
    }
    router.put(path::ACTIVE, active);
    leave_cookie(router, host, user.id, attempt.user);
}

/// A MAC cookie in place of the device's old one, when profile and server want it.
fn leave_cookie(router: &mut Router, host: &Item, user: u64, name: &[u8]) {
    let wanted = rules::profile_of(router, user)
        .and_then(|profile| router.text(path::PROFILE, profile, "add-mac-cookie"))
        .is_some_and(|value| value == "true");
    let server = host.get("server").unwrap_or_default();
    if !wanted || allowed_method(router, server, "mac-cookie").is_err() {
        return;
    }
    let Some(device) = host.get("mac-address") else {
        return;
    };
    let old: Vec<u64> = router
        .items(path::COOKIE)
        .filter(|cookie| cookie.get("mac-address") == Some(device))
        .map(|cookie| cookie.id)
        .collect();
    for id in old {
        router.take(path::COOKIE, id);
    }
    let expires = router
        .clock
        .now()
        .saturating_add(rules::cookie_lifetime(router, name));
    if let Some(mut cookie) = router.blank(path::COOKIE) {
        cookie.facts = Facts::Expires(expires);
        cookie.set("user", name.to_vec());
        cookie.set("mac-address", device.to_vec());
        cookie.set("mac-cookie", b"true".to_vec());
        router.put(path::COOKIE, cookie);
    }
}
