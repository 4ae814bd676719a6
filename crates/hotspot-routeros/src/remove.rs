//! Removing a user, its sessions and its cookies.

use domain::credentials::HotspotName;
use ports::hotspot::{HotspotError, Removal, RemovalOutcome};
use routeros_client::Row;
use routeros_client::TrapClass;

use crate::commands;
use crate::rows::{flag, id, is_named, same_id};
use crate::sessions::{end_sessions, remove_cookies, remove_rows};
use crate::step::Step;

const USER: &str = "/ip/hotspot/user";

/// Removes what is ours under any of the names. The user itself goes last: as long as it is there,
/// a repeated removal finds the rest too.
pub(crate) async fn remove(
    step: &mut Step<'_>,
    removal: &Removal,
) -> Result<RemovalOutcome, HotspotError> {
    let mut outcome = RemovalOutcome::Gone;
    for name in &removal.names {
        if let RemovalOutcome::Foreign = remove_name(step, removal, name).await? {
            outcome = RemovalOutcome::Foreign;
        }
    }
    Ok(outcome)
}

async fn remove_name(
    step: &mut Step<'_>,
    removal: &Removal,
    name: &HotspotName,
) -> Result<RemovalOutcome, HotspotError> {
    let find = commands::find_users(name.as_str(), &[".id", "name", "comment", "disabled"]);
    let reply = step.repeatedly(find).await?;
    let (ours, others): (Vec<&Row>, Vec<&Row>) = reply
        .rows()
        .iter()
        .filter(|row| is_named(row, name.as_str()))
        .partition(|row| is_ours(row, removal));
    let ids: Vec<String> = ours.iter().filter_map(|row| id(row)).collect();
    // From here on no device can come back while its session is ended.
    for id in ours
        .iter()
        .filter(|row| !flag(row, "disabled"))
        .filter_map(|row| id(row))
    {
        match step.repeatedly(commands::disable_user(&id)).await {
            Err(failure) if failure.class() != Some(TrapClass::NotFound) => {
                return Err(failure.into());
            }
            _ => {}
        }
    }
    // A user that somebody else removed may still have a session; but where a stranger has the
    // name, the sessions may be the stranger's.
    if !ids.is_empty() || (removal.id.is_some() && others.is_empty()) {
        end_sessions(step, name.as_str()).await?;
        remove_cookies(step, name.as_str()).await?;
    }
    remove_rows(step, USER, &ids).await?;
    Ok(if others.is_empty() {
        RemovalOutcome::Gone
    } else {
        RemovalOutcome::Foreign
    })
}

fn is_ours(row: &Row, removal: &Removal) -> bool {
    let comment = row.get("comment").unwrap_or_default();
    let by_comment = !removal.comment.is_empty() && comment == removal.comment.as_str();
    let by_id = match (&removal.id, id(row)) {
        (Some(known), Some(found)) => same_id(known, &found),
        _ => false,
    };
    by_comment || by_id
}
