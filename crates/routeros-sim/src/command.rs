//! What commands do to the router's state. No connection, no waiting, no faults.

mod add;
mod edit;
pub(crate) mod listen;
pub(crate) mod print;
pub(crate) mod reaction;
mod rows;
mod targets;
mod tools;
pub(crate) mod watch;

use crate::command::listen::tell_listeners;
use crate::command::reaction::Reaction;
use crate::hotspot::{expiry, login};
use crate::menus::path;
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::schema::{Menu, Verb};

/// Executes a command for a session with these policies.
pub(crate) fn execute(router: &mut Router, policies: Policies, request: &Request) -> Reaction {
    expiry::tick(router);
    let reaction = run(router, policies, request)
        .unwrap_or_else(|refusal| Replies::refusal(&request.tag, &refusal).into());
    tell_listeners(router);
    reaction
}

fn run(router: &mut Router, policies: Policies, request: &Request) -> Result<Reaction, Refusal> {
    if let Some(reaction) = tools::run(router, policies, request) {
        return reaction;
    }
    let (menu, verb) = resolve(router, request)?;
    if !(if verb.reads() {
        policies.read
    } else {
        policies.write
    }) {
        return Err(Refusal::permission());
    }
    if !verb.reads() && menu.path.starts_with(path::SERVER) && hotspot_is_blocked(router) {
        return Err(Refusal::plain("failure: not allowed by device-mode"));
    }
    let tag = &request.tag;
    match verb {
        Verb::Print => print::print(router, policies, menu, request),
        Verb::Listen => listen::listen(router, policies, menu, request),
        Verb::Find => {
            let found = print::find(router, policies, menu, request)?;
            let mut replies = Replies::default();
            replies.done_with(tag, found);
            Ok(replies.into())
        }
        Verb::Add => {
            let id = add::add(router, menu, request)?;
            let mut replies = Replies::default();
            replies.done_with(tag, id);
            Ok(replies.into())
        }
        Verb::Set => done(tag, edit::set(router, menu, request)),
        Verb::Unset => done(tag, edit::unset(router, menu, request)),
        Verb::Remove => done(tag, edit::remove(router, menu, request)),
        Verb::Enable => done(tag, edit::switch(router, menu, request, b"false")),
        Verb::Disable => done(tag, edit::switch(router, menu, request, b"true")),
        Verb::Move => done(tag, edit::reorder(router, menu, request)),
        Verb::ResetCounters => done(tag, edit::reset_counters(router, menu, request)),
        Verb::Login => done(tag, login::by_command(router, request)),
        Verb::MakeBinding => done(tag, add::make_binding(router, menu, request)),
    }
}

fn done(tag: &[u8], outcome: Result<(), Refusal>) -> Result<Reaction, Refusal> {
    outcome.map(|()| Replies::only_done(tag).into())
}

/// The menu and verb of a command word.
fn resolve(router: &Router, request: &Request) -> Result<(&'static Menu, Verb), Refusal> {
    let (path, word) = request.menu_and_verb();
    let Some(table) = router.table(path) else {
        return Err(if router.knows_prefix(path) {
            Refusal::no_such_command()
        } else {
            Refusal::no_such_prefix()
        });
    };
    let verb = Verb::parse(word)
        .filter(|verb| table.menu.verbs.contains(verb))
        .filter(|verb| {
            let cookie_add = *verb == Verb::Add && path == path::COOKIE;
            !cookie_add || router.settings.cookie_add
        })
        .ok_or_else(Refusal::no_such_command)?;
    Ok((table.menu, verb))
}

fn hotspot_is_blocked(router: &Router) -> bool {
    router
        .text(path::DEVICE_MODE, 0, "hotspot")
        .is_some_and(|allowed| allowed == "false")
}
