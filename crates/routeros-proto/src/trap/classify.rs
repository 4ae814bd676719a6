//! From category and message to a class.
//!
//! Messages are matched by part and without regard to case: versions differ in prefixes such as
//! `failure:` and suffixes such as `(6)`.

use crate::trap::category::TrapCategory;

/// What a caller can do about a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrapClass {
    /// An item of this name or key exists.
    Duplicate,
    /// The item, or the host, is not there.
    NotFound,
    /// The path does not exist on this version or board.
    NoSuchCommand,
    /// An argument is unknown, missing, malformed, or names a thing that does not exist.
    BadValue,
    /// The API user's group lacks a policy.
    Permission,
    /// User name or password refused.
    Login,
    /// The command was cancelled.
    Interrupted,
    /// A limit is used up: time, traffic, sessions.
    Limit,
    /// May work in a moment.
    Transient,
    /// Anything else.
    Other,
}

/// Why `/ip/hotspot/active/login` refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HotspotRefusal {
    /// The address is not in the host table.
    UnknownHost,
    /// The MAC given does not fit the host, or the user is bound to another one.
    WrongMac,
    /// The user's time is used up.
    UptimeLimit,
    /// The user's traffic is used up.
    TrafficLimit,
    /// As many devices as the profile allows are logged in with this user.
    SharedUsers,
    /// The licence allows no more sessions.
    SessionLimit,
    /// User name or password wrong.
    BadCredentials,
    /// A login of this host is under way.
    AlreadyAuthorizing,
    /// The service is going down.
    ShuttingDown,
}

/// Classes by a part of the message, in lower case; the first that fits counts.
const MESSAGES: [(&[u8], TrapClass); 36] = [
    (b"not enough permissions", TrapClass::Permission),
    (b"invalid user name or password", TrapClass::Login),
    (b"invalid username or password", TrapClass::Login),
    (b"cannot log in", TrapClass::Login),
    (b"not logged in", TrapClass::Login),
    (b"already have", TrapClass::Duplicate),
    (b"already exists", TrapClass::Duplicate),
    (b"such name exists", TrapClass::Duplicate),
    (b"no such command", TrapClass::NoSuchCommand),
    (b"no such item", TrapClass::NotFound),
    (b"unknown host", TrapClass::NotFound),
    (b"interrupted", TrapClass::Interrupted),
    (b"uptime limit", TrapClass::Limit),
    (b"traffic limit", TrapClass::Limit),
    (b"no more sessions", TrapClass::Limit),
    (b"session limit", TrapClass::Limit),
    (b"already authorizing", TrapClass::Transient),
    (b"shutting down", TrapClass::Transient),
    (b"timeout (13)", TrapClass::Transient),
    (b"action timed out", TrapClass::Transient),
    (b"try again", TrapClass::Transient),
    (b"busy", TrapClass::Transient),
    (b"unknown parameter", TrapClass::BadValue),
    (b"missing value", TrapClass::BadValue),
    (b"does not match any value", TrapClass::BadValue),
    (b"ambiguous value", TrapClass::BadValue),
    (b"possible value matches", TrapClass::BadValue),
    (b"invalid value", TrapClass::BadValue),
    (b"expected end of command", TrapClass::BadValue),
    (b"wrong mac", TrapClass::BadValue),
    (b"mac address is not yours", TrapClass::BadValue),
    (b"mac-address, mac address required", TrapClass::BadValue),
    (b"value of argument", TrapClass::BadValue),
    (b"syntax error", TrapClass::BadValue),
    (b"bad command name", TrapClass::NoSuchCommand),
    (b"out of range", TrapClass::BadValue),
];

/// Hotspot refusals by a part of the message, in lower case.
const REFUSALS: [(&[u8], HotspotRefusal); 11] = [
    (b"unknown host", HotspotRefusal::UnknownHost),
    (b"wrong mac", HotspotRefusal::WrongMac),
    (b"mac address is not yours", HotspotRefusal::WrongMac),
    (b"uptime limit", HotspotRefusal::UptimeLimit),
    (b"traffic limit", HotspotRefusal::TrafficLimit),
    (b"no more sessions", HotspotRefusal::SharedUsers),
    (b"session limit", HotspotRefusal::SessionLimit),
    (
        b"invalid username or password",
        HotspotRefusal::BadCredentials,
    ),
    (
        b"invalid user name or password",
        HotspotRefusal::BadCredentials,
    ),
    (b"already authorizing", HotspotRefusal::AlreadyAuthorizing),
    (b"shutting down", HotspotRefusal::ShuttingDown),
];

pub(super) fn class(category: Option<TrapCategory>, message: &[u8]) -> TrapClass {
    let by_message = find(&MESSAGES, message);
    match category {
        Some(TrapCategory::Interrupted) => TrapClass::Interrupted,
        // The category covers both a menu and an item that is missing; only the text tells. A text
        // that says plainly that something else is wrong is believed: who takes it for "gone
        // already" would leave a user in place.
        Some(TrapCategory::Missing) => by_message
            .filter(|class| *class != TrapClass::BadValue)
            .unwrap_or(TrapClass::NotFound),
        // A duplicate is a bad value too, and the more useful answer.
        Some(TrapCategory::Argument) => match by_message {
            Some(class @ (TrapClass::Duplicate | TrapClass::Permission)) => class,
            _ => TrapClass::BadValue,
        },
        _ => by_message.unwrap_or(TrapClass::Other),
    }
}

pub(super) fn hotspot(message: &[u8]) -> Option<HotspotRefusal> {
    find(&REFUSALS, message)
}

fn find<T: Copy>(table: &[(&[u8], T)], message: &[u8]) -> Option<T> {
    let fits = |part: &[u8]| {
        message
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part))
    };
    table
        .iter()
        .find(|(part, _)| fits(part))
        .map(|(_, found)| *found)
}
