//! Removing a user, its sessions and its cookies.

use domain::credentials::HotspotName;
use ports::hotspot::{HotspotError, Removal, RemovalOutcome};
use routeros_client::Row;
use routeros_client::TrapClass;

use crate::commands;
use crate::ownership::{PROPERTIES, has_our_password, is_ours};
use crate::rows::{flag, id, is_named, text};
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
    let name = name.as_str();
    let reply = step
        .repeatedly(commands::find_family(name, &PROPERTIES))
        .await?;
    let (named, clones): (Vec<&Row>, Vec<&Row>) =
        reply.rows().iter().partition(|row| is_named(row, name));
    let (ours, others): (Vec<&Row>, Vec<&Row>) = named
        .into_iter()
        .partition(|row| is_ours(row, &removal.ownership));
    // The clones first: without the user nothing but a password tells them.
    for clone in clones {
        let is_of_ours = is_clone_of(clone, &ours, removal);
        if let Some(clone_name) = text(clone, "name").filter(|_| is_of_ours) {
            disable(step, &[clone]).await?;
            end_sessions(step, &clone_name).await?;
            remove_cookies(step, &clone_name).await?;
            remove_rows(step, USER, &ids_of(&[clone])).await?;
        }
    }
    // From here on no device can come back while its session is ended.
    disable(step, &ours).await?;
    // A user that somebody else removed may still have a session; but where a stranger has the
    // name, the sessions may be the stranger's.
    if !ours.is_empty() || (removal.ownership.id.is_some() && others.is_empty()) {
        end_sessions(step, name).await?;
        remove_cookies(step, name).await?;
    }
    remove_rows(step, USER, &ids_of(&ours)).await?;
    Ok(if others.is_empty() {
        RemovalOutcome::Gone
    } else {
        RemovalOutcome::Foreign
    })
}

/// A clone has a copy of its base user's comment and password; scripts may have changed the one,
/// and the router may hide the other.
fn is_clone_of(clone: &Row, ours: &[&Row], removal: &Removal) -> bool {
    let has_same = |base: &&Row, property: &str| {
        let of_base = base.get(property);
        of_base.is_some() && of_base == clone.get(property)
    };
    let has_comment = |base: &&Row| {
        !base.get("comment").unwrap_or_default().is_empty() && has_same(base, "comment")
    };
    has_our_password(clone, &removal.ownership)
        || ours
            .iter()
            .any(|base| has_comment(base) || has_same(base, "password"))
}

async fn disable(step: &mut Step<'_>, users: &[&Row]) -> Result<(), HotspotError> {
    let enabled = users.iter().filter(|row| !flag(row, "disabled"));
    for id in enabled.filter_map(|row| id(row)) {
        match step.repeatedly(commands::disable_user(&id)).await {
            Err(failure) if failure.class() != Some(TrapClass::NotFound) => {
                return Err(failure.into());
            }
            _ => {}
        }
    }
    Ok(())
}

fn ids_of(rows: &[&Row]) -> Vec<String> {
    rows.iter().filter_map(|row| id(row)).collect()
}
