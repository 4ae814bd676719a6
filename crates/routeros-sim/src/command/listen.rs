//! `listen`, and `print` with `follow`.

use routeros_proto::reply::ReplyKind;
use tokio::sync::mpsc;

use crate::command::reaction::Reaction;
use crate::command::rows;
use crate::command::watch::Watch;
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::schema::Menu;
use crate::value::number;
use crate::view::{BACKLOG, Change, Feed, View};

/// Starts to listen: no rows now, one for each change.
pub(super) fn listen(
    router: &mut Router,
    policies: Policies,
    menu: &'static Menu,
    request: &Request,
) -> Result<Reaction, Refusal> {
    let view = rows::view(router, policies, menu, request)?;
    Ok(follow(router, view, Replies::default()))
}

/// Goes on after `replies` with what changes.
pub(super) fn follow(router: &mut Router, view: View, replies: Replies) -> Reaction {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    router.feeds.push(Feed { view, sender });
    Reaction {
        replies,
        watch: Some(Watch::Changes(receiver)),
    }
}

/// Tells all listeners what happened since the last call. One that cannot keep up loses its feed,
/// and with it the connection: never a change in silence.
pub(crate) fn tell_listeners(router: &mut Router) {
    let changes = std::mem::take(&mut router.changes);
    if changes.is_empty() {
        return;
    }
    let mut feeds = std::mem::take(&mut router.feeds);
    feeds.retain(|feed| {
        changes
            .iter()
            .filter(|(path, ..)| *path == feed.view.menu.path)
            .filter_map(|(_, id, change)| sentence(router, &feed.view, *id, *change))
            .all(|sentence| feed.sender.try_send(sentence).is_ok())
    });
    router.feeds = feeds;
}

/// The row that tells of a change; `None` when the listener does not see that item.
fn sentence(router: &Router, view: &View, id: u64, change: Change) -> Option<Vec<u8>> {
    let mut replies = Replies::default();
    match (change, router.item(view.menu.path, id)) {
        (Change::Live, Some(item)) => {
            if !rows::passes(router, view, item).unwrap_or(false) {
                return None;
            }
            rows::push(router, view, item, None, &mut replies);
        }
        // Removed since: the row that says so follows.
        (Change::Live, None) => return None,
        (Change::Dead, _) => {
            let dead = if router.version.challenge_login() {
                "yes"
            } else {
                "true"
            };
            let id = number::id_text(id);
            let attributes = [(".id", id.as_str()), (".dead", dead)];
            replies.push(ReplyKind::Re, &view.tag, attributes);
        }
    }
    Some(replies.bytes().to_vec())
}
