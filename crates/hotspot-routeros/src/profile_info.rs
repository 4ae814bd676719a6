//! A user and its profile, for portals (docs/reference/http-contract.md, section 15.4).

use domain::secret::Secret;
use ports::hotspot::{HotspotError, ProfileInfoOutcome, UserProfileInfo};
use routeros_client::Command;
use routeros_client::Row;
use routeros_client::proto::redact::is_secret;
use routeros_client::proto::text::Value;

use crate::commands;
use crate::password::same;
use crate::rows::{flag, is_named, text};
use crate::step::Step;

const PROPERTIES: [&str; 12] = [
    ".id",
    "name",
    "password",
    "profile",
    "disabled",
    "comment",
    "limit-uptime",
    "uptime",
    "mac-address",
    "bytes-in",
    "bytes-out",
    "limit-bytes-total",
];

/// Finds the user and shows it to whoever knows its password. A PIN is shown only without one.
pub(crate) async fn profile_info(
    step: &mut Step<'_>,
    name: &str,
    password: Option<&Secret>,
    known_password: Option<&Secret>,
) -> Result<ProfileInfoOutcome, HotspotError> {
    let reply = step
        .repeatedly(commands::find_users(name, &PROPERTIES))
        .await?;
    let Some(user) = reply.rows().iter().find(|row| is_named(row, name)) else {
        return Ok(ProfileInfoOutcome::WrongCredentials);
    };
    let stored = known_password
        .map(|known| known.expose().as_bytes())
        .or_else(|| user.get("password").map(Value::as_bytes));
    let Some(stored) = stored else {
        return Ok(ProfileInfoOutcome::PolicyMissing("sensitive"));
    };
    let submitted = password.map_or("", Secret::expose);
    if !same(submitted.as_bytes(), stored) {
        return Ok(ProfileInfoOutcome::WrongCredentials);
    }
    let profile = match text(user, "profile") {
        Some(profile) => find_profile(step, &profile).await?,
        None => None,
    };
    let of_profile = |name| profile.as_ref().and_then(|row| text(row, name));
    Ok(ProfileInfoOutcome::Found(Box::new(UserProfileInfo {
        name: text(user, "name").unwrap_or_else(|| name.to_owned()),
        is_pin: stored.is_empty(),
        profile: text(user, "profile"),
        mac_cookie_timeout: of_profile("mac-cookie-timeout"),
        mac_authentication: profile
            .as_ref()
            .is_some_and(|row| flag(row, "mac-authentication")),
        disabled: flag(user, "disabled"),
        comment: text(user, "comment").unwrap_or_default(),
        limit_uptime: text(user, "limit-uptime"),
        attributes: shown(user),
    })))
}

async fn find_profile(step: &mut Step<'_>, name: &str) -> Result<Option<Row>, HotspotError> {
    let print = Command::new("/ip/hotspot/user/profile/print")
        .proplist(&["name", "mac-cookie-timeout", "mac-authentication"])
        .query_equal("name", name);
    let reply = step.repeatedly(print).await?;
    let mut rows = reply.into_rows().into_iter();
    Ok(rows.find(|row| is_named(row, name)))
}

/// All but secrets.
fn shown(user: &Row) -> Vec<(String, String)> {
    user.attributes()
        .filter(|(name, _)| !is_secret(name))
        .map(|(name, value)| {
            let name = String::from_utf8_lossy(name).into_owned();
            (name, value.text().into_owned())
        })
        .collect()
}
