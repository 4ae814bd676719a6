//! Adding a user that cannot log in yet.

use domain::credentials::HotspotName;
use ports::hotspot::{HotspotError, HotspotUser, Reservation, Reserved};
use routeros_client::TrapClass;

use crate::commands;
use crate::failure::Failure;
use crate::rows::{checked_id, flag, id, is_named};
use crate::step::Step;

/// Tries with one name. The same name each time: however late a lost command still takes effect,
/// there cannot be two users of one name.
const TRIES: usize = 3;

/// Takes the first candidate that is free, or that an earlier try of ours took.
pub(crate) async fn reserve(
    step: &mut Step<'_>,
    reservation: &Reservation,
) -> Result<Reserved, HotspotError> {
    for name in &reservation.candidates {
        if let Some(taken) = take(step, reservation, name).await? {
            let name = name.clone();
            return Ok(Reserved {
                user: HotspotUser { name, id: taken.id },
                may_be_added_again: taken.has_lost_commands,
            });
        }
    }
    Err(HotspotError::NamesTaken)
}

/// Who has a name.
enum Owner {
    Nobody,
    /// We, by this id.
    We(String),
    Stranger,
}

/// A name that is ours now.
struct Taken {
    id: String,
    /// Whether a command before brought no answer, and may still be on its way.
    has_lost_commands: bool,
}

/// Ours, if the name is ours now; `None` if it is somebody else's.
async fn take(
    step: &mut Step<'_>,
    reservation: &Reservation,
    name: &HotspotName,
) -> Result<Option<Taken>, HotspotError> {
    // Commands without an answer. One that took effect is no longer on its way.
    let mut lost = 0_usize;
    let ours = |id, lost| {
        Some(Taken {
            id,
            has_lost_commands: lost > 0,
        })
    };
    let mut outcome = HotspotError::Refused("the user did not stay".to_owned());
    for _ in 0..TRIES {
        let add = commands::add_disabled_user(
            name.as_str(),
            &reservation.password,
            &reservation.profile,
            &reservation.comment,
        );
        match step.once(add).await {
            Ok(reply) => {
                if let Some(id) = reply.ret().and_then(|id| checked_id(id.as_bytes())) {
                    return Ok(ours(id, lost));
                }
            }
            Err(failure) if failure.class() == Some(TrapClass::Duplicate) => {
                return Ok(match owner(step, reservation, name).await? {
                    Owner::We(id) => ours(id, lost.saturating_sub(1)),
                    // Gone again already, or hidden from us: the next name is the simpler way.
                    Owner::Stranger | Owner::Nobody => None,
                });
            }
            Err(failure) if is_profile_missing(&failure) => {
                return Err(HotspotError::ProfileMissing);
            }
            Err(failure) if failure.is_unknown() => {
                lost += 1;
                outcome = failure.into();
            }
            Err(failure) => return Err(failure.into()),
        }
        // It may be there or not: only the router can tell.
        match owner(step, reservation, name).await? {
            Owner::We(id) => return Ok(ours(id, lost.saturating_sub(1))),
            Owner::Stranger => return Ok(None),
            Owner::Nobody => {}
        }
    }
    Err(outcome)
}

async fn owner(
    step: &mut Step<'_>,
    reservation: &Reservation,
    name: &HotspotName,
) -> Result<Owner, Failure> {
    let find = commands::find_users(name.as_str(), &[".id", "name", "comment", "disabled"]);
    let reply = step.repeatedly(find).await?;
    let mut named = reply
        .rows()
        .iter()
        .filter(|row| is_named(row, name.as_str()))
        .peekable();
    if named.peek().is_none() {
        return Ok(Owner::Nobody);
    }
    let ours = named.find(|row| {
        let comment = row.get("comment").unwrap_or_default();
        !reservation.comment.is_empty()
            && comment == reservation.comment.as_str()
            && flag(row, "disabled")
    });
    Ok(ours.and_then(id).map_or(Owner::Stranger, Owner::We))
}

/// `input does not match any value of profile`, or the start of more than one.
fn is_profile_missing(failure: &Failure) -> bool {
    failure.refusal().is_some_and(|refusal| {
        let message = refusal.trap().view().message().lossy().to_lowercase();
        message.contains("value of profile")
    })
}
