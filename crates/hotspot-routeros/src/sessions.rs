//! Ending sessions and removing cookies.

use domain::network::MacAddress;
use ports::hotspot::HotspotError;
use routeros_client::Command;
use routeros_client::Row;
use routeros_client::TrapClass;

use crate::commands;
use crate::failure::Failure;
use crate::rows::{flag, id};
use crate::step::Step;

const ACTIVE: &str = "/ip/hotspot/active";
const COOKIE: &str = "/ip/hotspot/cookie";
/// Rounds of looking and removing, should sessions come back meanwhile.
const ROUNDS: usize = 4;

/// Ends all sessions of a user in the local table; sessions that RADIUS granted under the same
/// name are somebody else's.
pub(crate) async fn end_sessions(step: &mut Step<'_>, user: &str) -> Result<(), HotspotError> {
    clear(step, ACTIVE, commands::find_sessions(user), |row| {
        !flag(row, "radius")
    })
    .await
}

/// Ends the sessions of a device under whatever user.
pub(crate) async fn end_sessions_of_device(
    step: &mut Step<'_>,
    mac: MacAddress,
) -> Result<(), HotspotError> {
    let find = commands::find_sessions_of_device(mac);
    clear(step, ACTIVE, find, |_| true).await
}

/// Removes all cookies of a user.
pub(crate) async fn remove_cookies(step: &mut Step<'_>, user: &str) -> Result<(), HotspotError> {
    let find = commands::find_cookies_of_user(user);
    clear(step, COOKIE, find, |_| true).await
}

/// Removes rows; one that is gone already is as good as removed.
pub(crate) async fn remove_rows(
    step: &mut Step<'_>,
    menu: &str,
    ids: &[String],
) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    match step.repeatedly(commands::remove(menu, ids)).await {
        Ok(_) => Ok(()),
        Err(failure) if failure.class() == Some(TrapClass::NotFound) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Removes what `find` shows until it shows nothing more.
async fn clear(
    step: &mut Step<'_>,
    menu: &str,
    find: Command,
    concerned: impl Fn(&Row) -> bool,
) -> Result<(), HotspotError> {
    for _ in 0..ROUNDS {
        let reply = step.repeatedly(find.clone()).await?;
        let ids: Vec<String> = reply
            .rows()
            .iter()
            .filter(|row| concerned(row))
            .filter_map(id)
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        // One id that is gone may keep the router from removing the others: the next round looks.
        remove_rows(step, menu, &ids).await?;
    }
    Err(HotspotError::Refused(
        "sessions or cookies keep coming back".to_owned(),
    ))
}
