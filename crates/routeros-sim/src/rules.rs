//! Rules about values that both commands and the hotspot follow.

use crate::clock::millis;
use crate::menus::path;
use crate::refusal::Refusal;
use crate::router::Router;
use crate::schema::{Menu, Unique};
use crate::value::duration;

/// Where a user that was never given a server is known.
const EVERY_SERVER: &[u8] = b"all";

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

/// Refuses values that would make a second item of what may be there once. `own` is the item that
/// is changed.
pub(crate) fn unique(
    router: &Router,
    menu: &Menu,
    own: Option<u64>,
    values: &[(&'static str, Vec<u8>)],
) -> Result<(), Refusal> {
    let Some(table) = router.table(menu.path) else {
        return Ok(());
    };
    let old = own.and_then(|id| table.get(id));
    let new_value = |name: &str| {
        values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_slice())
            .or_else(|| old.and_then(|item| item.get(name)))
    };
    let Some(name) = menu.key.and_then(new_value) else {
        return Ok(());
    };
    let others = table.named(name).iter().filter(|id| Some(**id) != own);
    match menu.unique {
        Unique::No => Ok(()),
        Unique::Name => match others.count() {
            0 => Ok(()),
            _ => Err(Refusal::plain(
                "failure: item with such name already exists",
            )),
        },
        Unique::NamePerServer => {
            let server = new_value("server").unwrap_or(EVERY_SERVER);
            let clash = others
                .filter_map(|id| table.get(*id))
                .map(|other| other.get("server").unwrap_or(EVERY_SERVER))
                .any(|other| other == server || [server, other].contains(&EVERY_SERVER));
            if clash {
                let text = "failure: already have user with this name for this server";
                return Err(Refusal::plain(text));
            }
            Ok(())
        }
    }
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
