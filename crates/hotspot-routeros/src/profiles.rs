//! The user profiles.

use ports::hotspot::{HotspotError, ProfileRow};
use routeros_client::Command;
use routeros_client::Row;

use crate::rows::text;
use crate::step::Step;

/// Lists the profiles: a table that people make by hand, and small on every router.
pub(crate) async fn profiles(step: &mut Step<'_>) -> Result<Vec<ProfileRow>, HotspotError> {
    let print = Command::new("/ip/hotspot/user/profile/print").proplist(&[
        ".id",
        "name",
        "session-timeout",
        "idle-timeout",
        "rate-limit",
        "address-list",
        "shared-users",
        "keepalive-timeout",
        "status-autorefresh",
        "mac-cookie-timeout",
    ]);
    let reply = step.repeatedly(print).await?;
    Ok(reply.rows().iter().map(profile).collect())
}

fn profile(row: &Row) -> ProfileRow {
    ProfileRow {
        id: text(row, ".id"),
        name: text(row, "name"),
        session_timeout: text(row, "session-timeout"),
        idle_timeout: text(row, "idle-timeout"),
        rate_limit: text(row, "rate-limit"),
        address_list: text(row, "address-list"),
        shared_users: text(row, "shared-users"),
        keepalive_timeout: text(row, "keepalive-timeout"),
        status_autorefresh: text(row, "status-autorefresh"),
        mac_cookie_timeout: text(row, "mac-cookie-timeout"),
    }
}
