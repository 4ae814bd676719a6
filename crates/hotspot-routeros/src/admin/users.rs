//! Hotspot users by name.

use domain::credentials::HotspotName;
use ports::router_admin::UserFacts;
use routeros_client::proto::value::RouterDuration;
use routeros_client::{Command, Query, Row};

use crate::rows::{flag, text};

const PROPERTIES: [&str; 11] = [
    "name",
    "profile",
    "disabled",
    "uptime",
    "limit-uptime",
    "bytes-in",
    "bytes-out",
    "limit-bytes-in",
    "limit-bytes-out",
    "limit-bytes-total",
    "comment",
];

/// One command that finds all of these; `None` for none.
pub(super) fn find(names: &[HotspotName]) -> Option<Command> {
    let query = names
        .iter()
        .map(|name| Query::equal("name", name.as_str()))
        .reduce(Query::or)?;
    Some(
        Command::new("/ip/hotspot/user/print")
            .proplist(&PROPERTIES)
            .query(&query),
    )
}

pub(super) fn facts(row: &Row) -> UserFacts {
    let span =
        |name| text(row, name).and_then(|value| RouterDuration::parse(value.as_bytes()).ok());
    let number = |name| text(row, name).and_then(|value| value.parse::<u64>().ok());
    let reached = |used: Option<u64>, limit: Option<u64>| {
        limit.is_some_and(|limit| limit > 0 && used.unwrap_or(0) >= limit)
    };
    let time_is_up = span("limit-uptime")
        .is_some_and(|limit| limit.as_secs() > 0 && span("uptime").unwrap_or_default() >= limit);
    let (bytes_in, bytes_out) = (number("bytes-in"), number("bytes-out"));
    let total = bytes_in.unwrap_or(0).saturating_add(bytes_out.unwrap_or(0));
    UserFacts {
        name: text(row, "name").unwrap_or_default(),
        profile: text(row, "profile"),
        is_disabled: flag(row, "disabled"),
        is_used_up: time_is_up
            || reached(bytes_in, number("limit-bytes-in"))
            || reached(bytes_out, number("limit-bytes-out"))
            || reached(Some(total), number("limit-bytes-total")),
        uptime: text(row, "uptime"),
        limit_uptime: text(row, "limit-uptime"),
    }
}
