//! Whether a user on the router is ours.

use ports::hotspot::Ownership;
use routeros_client::Row;
use routeros_client::proto::text::Value;

use crate::password::same;
use crate::rows::{id, same_id, text};

/// What must be read of a user to tell.
pub(crate) const PROPERTIES: [&str; 6] =
    [".id", "name", "comment", "disabled", "password", "profile"];

/// Whether the row, found under one of our names, is ours.
pub(crate) fn is_ours(row: &Row, own: &Ownership) -> bool {
    has_our_comment(row, own) || has_our_id(row, own) || has_our_password(row, own)
}

/// Whether the row still carries the reservation's comment.
pub(crate) fn has_our_comment(row: &Row, own: &Ownership) -> bool {
    !own.comment.is_empty() && row.get("comment").unwrap_or_default() == own.comment.as_str()
}

fn has_our_id(row: &Row, own: &Ownership) -> bool {
    match (&own.id, id(row)) {
        (Some(known), Some(found)) => same_id(known, &found),
        _ => false,
    }
}

/// Whether the row has the sold password. One that the router does not show proves nothing, and
/// neither does an empty one unless the profile is the sold one too. Where the router never told
/// an id, the name is one of several candidates and may have been sold to somebody else since.
pub(crate) fn has_our_password(row: &Row, own: &Ownership) -> bool {
    let (Some(known), Some(found)) = (&own.password, row.get("password").map(Value::as_bytes))
    else {
        return false;
    };
    let is_telling = own.id.is_some()
        && (!known.is_empty() || text(row, "profile").as_ref() == Some(&own.profile));
    is_telling && same(known.expose().as_bytes(), found)
}
