//! The device's cookie, which lets it come back by itself. Best effort: many builds refuse to add
//! one, and that must not break the log-in.

use routeros_client::TrapClass;

use tokio::time::timeout;

use crate::commands;
use crate::connect::device::{Device, Standing};
use crate::memory::Memory;
use crate::rows::{id, text};
use crate::sessions::remove_rows;
use crate::step::Step;

const COOKIE: &str = "/ip/hotspot/cookie";

/// Removes the device's cookies of other users and adds one for this user. A router that does not
/// answer here gets a quarter of the time that is left: the log-in needs the rest.
pub(super) async fn seed(step: &mut Step<'_>, memory: &Memory, device: &Device<'_>) {
    let limit = step.time_left() / 4;
    // Without a cookie the customer only has to log in again next time.
    drop(timeout(limit, try_to_seed(step, memory, device)).await);
}

async fn try_to_seed(step: &mut Step<'_>, memory: &Memory, device: &Device<'_>) {
    if device.standing != Standing::Fresh && has_own_after_cleaning(step, device).await {
        return;
    }
    if memory.refuses_cookies(step.router()) {
        return;
    }
    let add = commands::add_cookie(device.mac, device.user);
    if let Err(failure) = step.once(add).await
        && is_lasting(failure.class())
    {
        memory.note_refused_cookie(step.router());
    }
}

async fn has_own_after_cleaning(step: &mut Step<'_>, device: &Device<'_>) -> bool {
    let find = commands::find_cookies_of_device(device.mac);
    let Ok(reply) = step.repeatedly(find).await else {
        return false;
    };
    let is_own = |user: Option<String>| user.as_deref() == Some(device.user);
    let (own, others): (Vec<_>, Vec<_>) = reply
        .rows()
        .iter()
        .partition(|row| is_own(text(row, "user")));
    let others: Vec<String> = others.into_iter().filter_map(id).collect();
    // Not having removed a cookie only means that the device may come back as somebody else.
    drop(remove_rows(step, COOKIE, &others).await);
    !own.is_empty()
}

/// Whether the router will refuse the next one too.
const fn is_lasting(class: Option<TrapClass>) -> bool {
    matches!(
        class,
        Some(
            TrapClass::NoSuchCommand
                | TrapClass::BadValue
                | TrapClass::Permission
                | TrapClass::Other
        )
    )
}
