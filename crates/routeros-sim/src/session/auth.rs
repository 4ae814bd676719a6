//! Logging in to the router, in the plain and the challenge form.

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use routeros_proto::login::challenge_response;

use crate::command::listen::tell_listeners;
use crate::item::Facts;
use crate::menus::path;
use crate::policy::{Account, Policies};
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::session::conn::Conn;
use crate::sync::lock;
use crate::value::number;

/// Commands that may come before a login.
const COMMANDS_BEFORE_LOGIN: u32 = 32;

/// What a `/login` leads to.
#[derive(Debug)]
pub(super) enum LoginOutcome {
    /// This answer; the connection goes on.
    Answer(Replies),
    /// This final reply; the connection closes after it.
    End(Replies),
}

/// Answers `/login`.
pub(super) fn log_in(conn: &Arc<Conn>, request: &Request, refused: bool) -> LoginOutcome {
    let version = lock(&conn.shared.router).version;
    let name = request.get("name").map(<[u8]>::to_vec);
    if version.challenge_login() {
        let Some(response) = request.get("response") else {
            return hand_out_challenge(conn, request);
        };
        let challenge = lock(&conn.auth).challenge.take();
        let account = find(conn, name.as_deref(), |account| {
            let expected = challenge
                .as_deref()
                .and_then(|hex| challenge_response(&account.password, hex.as_bytes()).ok());
            expected.is_some_and(|expected| expected == *response)
        });
        return settle(conn, request, account.filter(|_| !refused), "cannot log in");
    }
    let password = request.get("password").unwrap_or_default();
    let account = find(conn, name.as_deref(), |account| {
        account.password == password
    });
    let text = "invalid user name or password (6)";
    settle(conn, request, account.filter(|_| !refused), text)
}

/// Counts a command before login; what ends the connection, if it does.
pub(super) fn before_login(conn: &Conn, path: &str) -> Option<Replies> {
    let mut auth = lock(&conn.auth);
    if auth.policies.is_some() {
        return None;
    }
    auth.commands = auth.commands.saturating_add(1);
    if auth.commands > COMMANDS_BEFORE_LOGIN {
        return Some(Replies::fatal("too many commands before login"));
    }
    (path != "/login").then(|| Replies::fatal("not logged in"))
}

fn hand_out_challenge(conn: &Conn, request: &Request) -> LoginOutcome {
    let mut bytes = [0; 16];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return LoginOutcome::End(Replies::fatal("no random numbers"));
    }
    let challenge = number::hex(&bytes);
    let mut replies = Replies::default();
    replies.done_with(&request.tag, &challenge);
    lock(&conn.auth).challenge = Some(challenge);
    LoginOutcome::Answer(replies)
}

fn find(conn: &Conn, name: Option<&[u8]>, fits: impl Fn(&Account) -> bool) -> Option<Account> {
    let router = lock(&conn.shared.router);
    let made = name.and_then(|name| account_of_menu(&router, name));
    router
        .accounts
        .iter()
        .filter(|account| Some(account.name.as_slice()) == name)
        .chain(&made)
        .find(|account| fits(account))
        .cloned()
}

/// The account that somebody made in `/user`, with the policies of its group.
fn account_of_menu(router: &Router, name: &[u8]) -> Option<Account> {
    let id = *router.table(path::ACCOUNT)?.named(name).first()?;
    let item = router.item(path::ACCOUNT, id)?;
    if item.get("disabled") == Some(b"true") {
        return None;
    }
    let group = router.text(path::ACCOUNT, id, "group")?;
    let groups = router.table(path::ACCOUNT_GROUP)?;
    let policy = groups
        .named(group.as_bytes())
        .first()
        .and_then(|id| router.text(path::ACCOUNT_GROUP, *id, "policy"));
    Some(Account {
        name: name.to_vec(),
        password: item.get("password").unwrap_or_default().to_vec(),
        policies: Policies::parse(&policy.unwrap_or_default()),
    })
}

fn settle(
    conn: &Arc<Conn>,
    request: &Request,
    account: Option<Account>,
    refusal: &str,
) -> LoginOutcome {
    let refusal = match account {
        Some(account) if account.policies.api => {
            welcome(conn, &account);
            return LoginOutcome::Answer(Replies::only_done(&request.tag));
        }
        Some(_) => Refusal::permission(),
        None => Refusal::plain(refusal),
    };
    conn.shared
        .tally
        .note(|counters| counters.failed_logins += 1);
    let attempts = lock(&conn.shared.router).settings.login_attempts;
    let failures = {
        let mut auth = lock(&conn.auth);
        auth.failures = auth.failures.saturating_add(1);
        auth.failures
    };
    if failures >= attempts {
        return LoginOutcome::End(Replies::fatal("too many commands before login"));
    }
    LoginOutcome::Answer(Replies::refusal(&request.tag, &refusal))
}

fn welcome(conn: &Conn, account: &Account) {
    conn.shared.tally.note(|counters| counters.logins += 1);
    let mut router = lock(&conn.shared.router);
    let mut auth = lock(&conn.auth);
    auth.policies = Some(account.policies);
    if auth.row.is_some() {
        return;
    }
    let now = router.clock.now();
    if let Some(mut row) = router.blank(path::USER_ACTIVE) {
        row.facts = Facts::Since(now);
        row.set("name", account.name.clone());
        row.set("address", conn.peer.clone().into_bytes());
        auth.row = Some(router.put(path::USER_ACTIVE, row));
        tell_listeners(&mut router);
    }
}

/// Takes the session out of `/user/active`.
pub(super) fn farewell(conn: &Conn) {
    let row = lock(&conn.auth).row.take();
    if let Some(row) = row {
        let mut router = lock(&conn.shared.router);
        router.take(path::USER_ACTIVE, row);
        tell_listeners(&mut router);
    }
}
