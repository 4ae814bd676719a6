//! Rules about values that both commands and the hotspot follow.

use crate::clock::millis;
use crate::menus::path;
use crate::refusal::Refusal;
use crate::router::Router;
use crate::schema::Menu;
use crate::value::duration;

/// Three days: how long a cookie lives when the profile does not say.
const COOKIE_MILLIS: u64 = 259_200_000;

/// The stored forms of what is set, all checked before any is.
pub(crate) fn settable_values(
    router: &Router,
    menu: &Menu,
    attributes: &[(Vec<u8>, Vec<u8>)],
) -> Result<Vec<(&'static str, Vec<u8>)>, Refusal> {
    let mut values: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for (name, input) in attributes {
        let column = menu
            .column(router.version, name)
            .filter(|column| column.settable())
            .ok_or_else(|| Refusal::unknown_parameter(router.version, name))?;
        let value = router.stored_form(column, input)?;
        values.retain(|(known, _)| *known != column.name);
        values.push((column.name, value));
    }
    Ok(values)
}

/// Milliseconds that a cookie of this user lives.
pub(crate) fn cookie_lifetime(router: &Router, user: &[u8]) -> u64 {
    let profile = router
        .table(path::USER)
        .and_then(|table| table.named(user).first())
        .and_then(|id| profile_of(router, *id));
    profile
        .and_then(|profile| router.text(path::PROFILE, profile, "mac-cookie-timeout"))
        .and_then(|text| duration::parse(&text))
        .map_or(COOKIE_MILLIS, millis)
}

/// Row of the profile of a user; `None` when it was removed.
pub(crate) fn profile_of(router: &Router, user: u64) -> Option<u64> {
    let name = router.text(path::USER, user, "profile")?;
    let ids = router.table(path::PROFILE)?.named(name.as_bytes());
    ids.first().copied()
}
