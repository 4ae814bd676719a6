//! `/cancel`.

use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::session::conn::Conn;
use crate::sync::lock;

/// Stops the command of a tag, or all others without one. The stopped ones answer for themselves.
pub(super) fn cancel(conn: &Conn, request: &Request) -> Replies {
    let wanted = request.get("tag");
    let mut stopped = 0_usize;
    for running in lock(&conn.running).values() {
        if wanted.is_none_or(|tag| running.tag == tag) {
            running.cancel.cancel();
            stopped += 1;
        }
    }
    // What a router says to an unknown tag differs; ours does both, by version.
    if wanted.is_some() && stopped == 0 && lock(&conn.shared.router).version.is_v7() {
        return Replies::refusal(&request.tag, &Refusal::new(0, "no such item"));
    }
    Replies::only_done(&request.tag)
}
