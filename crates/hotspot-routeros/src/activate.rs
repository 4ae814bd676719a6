//! Letting a reserved user log in.

use ports::hotspot::{Activation, HotspotError, HotspotUser};
use routeros_client::TrapClass;

use crate::commands;
use crate::rows::checked_id;
use crate::step::Step;

/// Enables the user and clears its comment, in one command. A lost reply is resolved by sending
/// it again: it says what shall be, not what to change.
pub(crate) async fn activate(
    step: &mut Step<'_>,
    user: &HotspotUser,
) -> Result<Activation, HotspotError> {
    // A text of another form could be taken for the name of somebody else's user.
    let id = checked_id(user.id.as_bytes())
        .ok_or_else(|| HotspotError::Refused("the stored id is none".to_owned()))?;
    match step.repeatedly(commands::enable_user(&id)).await {
        Ok(_) => Ok(Activation::Active),
        Err(failure) if failure.class() == Some(TrapClass::NotFound) => Ok(Activation::Gone),
        Err(failure) => Err(failure.into()),
    }
}
