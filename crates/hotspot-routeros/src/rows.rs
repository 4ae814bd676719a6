//! Rows as this crate needs them.

use std::net::Ipv4Addr;

use domain::network::MacAddress;
use ports::hotspot::SessionInfo;
use routeros_client::Row;
use routeros_client::proto::value::{Id, parse_boolean};

/// The value of a property as text; `None` when absent.
pub(crate) fn text(row: &Row, name: &str) -> Option<String> {
    row.get(name).map(|value| value.text().into_owned())
}

/// A boolean property; absent or unreadable is `false`, as routers leave defaults out.
pub(crate) fn flag(row: &Row, name: &str) -> bool {
    row.get(name)
        .is_some_and(|value| parse_boolean(value.as_bytes()) == Ok(true))
}

/// Whether the row is the user's of this name, as was asked for. A row that leaves the name out is.
pub(crate) fn is_named(row: &Row, name: &str) -> bool {
    row.get("name").is_none_or(|found| found == name)
}

/// The `.id`, if it is one. A text of another form could be taken for a name by the router.
pub(crate) fn id(row: &Row) -> Option<String> {
    row.get(".id")
        .and_then(|value| checked_id(value.as_bytes()))
}

/// An id in the form that routers print.
pub(crate) fn checked_id(text: &[u8]) -> Option<String> {
    Id::parse(text).ok().map(|id| id.to_string())
}

/// Whether two ids are the same.
pub(crate) fn same_id(left: &str, right: &str) -> bool {
    match (Id::parse(left.as_bytes()), Id::parse(right.as_bytes())) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

/// Whether the property holds this MAC, in whatever spelling.
pub(crate) fn has_mac(row: &Row, name: &str, mac: MacAddress) -> bool {
    text(row, name).is_some_and(|found| MacAddress::parse(&found) == Ok(mac))
}

/// An IPv4 address that names a host; routers print 0.0.0.0 for none.
pub(crate) fn address(row: &Row, name: &str) -> Option<Ipv4Addr> {
    text(row, name)?
        .parse()
        .ok()
        .filter(|address: &Ipv4Addr| !address.is_unspecified())
}

/// A row of `/ip/hotspot/active`.
pub(crate) fn session(row: &Row) -> SessionInfo {
    SessionInfo {
        id: text(row, ".id"),
        user: text(row, "user").unwrap_or_default(),
        address: text(row, "address"),
        uptime: text(row, "uptime"),
        bytes_in: text(row, "bytes-in"),
        bytes_out: text(row, "bytes-out"),
    }
}
