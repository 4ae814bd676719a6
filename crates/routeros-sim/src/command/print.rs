//! `print`, `getall` and `find`.

use std::time::Duration;

use crate::command::listen;
use crate::command::reaction::{Reaction, end_of_rows};
use crate::command::rows;
use crate::command::watch::Watch;
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::schema::Menu;
use crate::value::{duration, number};
use crate::view::View;

/// Shortest period of a repeated print.
const SHORTEST_PERIOD: Duration = Duration::from_millis(10);

/// Prints once, repeatedly, or with what changes later.
pub(super) fn print(
    router: &mut Router,
    policies: Policies,
    menu: &'static Menu,
    request: &Request,
) -> Result<Reaction, Refusal> {
    let view = rows::view(router, policies, menu, request)?;
    if request.flag("count-only") {
        let count = rows::select(router, &view)?.len();
        let mut replies = Replies::default();
        replies.done_with(&request.tag, count.to_string());
        return Ok(replies.into());
    }
    if request.flag("follow-only") {
        return Ok(listen::follow(router, view, Replies::default()));
    }
    let period = request.get("interval").map(period).transpose()?;
    let mut replies = Replies::default();
    let count = append(router, &view, period.map(|_| 0), &mut replies)?;
    if let Some(period) = period {
        return Ok(Reaction {
            replies,
            watch: Some(Watch::Every {
                view,
                period,
                since: router.clock.now(),
            }),
        });
    }
    if request.flag("follow") {
        return Ok(listen::follow(router, view, replies));
    }
    end_of_rows(router, count, &request.tag, &mut replies);
    Ok(replies.into())
}

/// The rows of one round of a repeated print.
pub(crate) fn section(router: &Router, view: &View, number: u64) -> Replies {
    let mut replies = Replies::default();
    // The query was run once when the command came, so it is a good one.
    if append(router, view, Some(number), &mut replies).is_err() {
        return Replies::default();
    }
    replies
}

/// The ids that match, separated by semicolons.
pub(super) fn find(
    router: &Router,
    policies: Policies,
    menu: &'static Menu,
    request: &Request,
) -> Result<String, Refusal> {
    let view = rows::view(router, policies, menu, request)?;
    let ids: Vec<_> = rows::select(router, &view)?
        .into_iter()
        .map(number::id_text)
        .collect();
    Ok(ids.join(";"))
}

fn append(
    router: &Router,
    view: &View,
    section: Option<u64>,
    replies: &mut Replies,
) -> Result<usize, Refusal> {
    let ids = rows::select(router, view)?;
    for id in &ids {
        if let Some(item) = router.item(view.menu.path, *id) {
            rows::push(router, view, item, section, replies);
        }
    }
    Ok(ids.len())
}

fn period(value: &[u8]) -> Result<Duration, Refusal> {
    std::str::from_utf8(value)
        .ok()
        .and_then(duration::parse)
        .filter(|period| *period >= SHORTEST_PERIOD)
        .ok_or_else(|| Refusal::invalid("interval"))
}
