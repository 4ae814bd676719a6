//! Letting a reserved user log in.

use ports::hotspot::{Activation, ActivationRequest, HotspotError};
use routeros_client::TrapClass;

use crate::commands;
use crate::failure::Failure;
use crate::ownership::{PROPERTIES, has_our_comment, is_ours};
use crate::rows::{checked_id, flag, id, is_named};
use crate::step::Step;

/// Tries to enable the user, each on another connection.
const TRIES: usize = 3;

/// What the router holds under the user's name.
enum Found {
    /// Ours, not let in yet.
    Reserved(String),
    /// Ours, and let in.
    Active(String),
    /// Nobody, or a stranger.
    NotOurs,
}

/// Enables the user and clears its comment, in one command. After a lost answer the router is
/// looked at anew: whatever answers then may be another router behind the same address.
pub(crate) async fn activate(
    step: &mut Step<'_>,
    request: &ActivationRequest,
) -> Result<Activation, HotspotError> {
    // A text of another form could be taken for the name of somebody else's user.
    let known = checked_id(request.user.id.as_bytes())
        .ok_or_else(|| HotspotError::Refused("the stored id is none".to_owned()))?;
    let mut unproven = request.just_reserved.then_some(known);
    let mut outcome = HotspotError::TimedOut;
    for _ in 0..TRIES {
        let id = match unproven.take() {
            Some(id) => id,
            None => match find(step, request).await? {
                Found::Reserved(id) => id,
                Found::Active(id) => return Ok(Activation::Active(id)),
                Found::NotOurs => return Ok(Activation::Gone),
            },
        };
        match step.once(commands::enable_user(&id)).await {
            Ok(_) => return Ok(Activation::Active(id)),
            Err(failure) if failure.class() == Some(TrapClass::NotFound) => {
                return Ok(Activation::Gone);
            }
            Err(failure) if failure.is_connection_lost() => outcome = failure.into(),
            Err(failure) => return Err(failure.into()),
        }
    }
    Err(outcome)
}

async fn find(step: &mut Step<'_>, request: &ActivationRequest) -> Result<Found, Failure> {
    let (name, own) = (request.user.name.as_str(), &request.ownership);
    let reply = step
        .repeatedly(commands::find_users(name, &PROPERTIES))
        .await?;
    let mut named = reply.rows().iter().filter(|row| is_named(row, name));
    let ours = named.find(|row| is_ours(row, own));
    let Some((row, id)) = ours.and_then(|row| Some((row, id(row)?))) else {
        return Ok(Found::NotOurs);
    };
    Ok(if flag(row, "disabled") || has_our_comment(row, own) {
        Found::Reserved(id)
    } else {
        Found::Active(id)
    })
}
