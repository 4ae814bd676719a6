//! Login in all its forms, on the connection that runs it.

use core::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::{
    CallOptions, CloseReason, Config, Connection, Event, SubmitError,
};
use routeros_proto::login::{Credentials, LoginError, LoginMethod, challenge_response};
use routeros_proto::trap::TrapClass;

use crate::wire::{read, sentence};

const CHALLENGE: &str = "000102030405060708090a0b0c0d0e0f";

fn start(method: LoginMethod) -> Connection {
    let mut connection = Connection::new(Config::default());
    let credentials = Credentials::new("admin", "secret");
    connection
        .login(
            credentials,
            method,
            Some(Duration::from_secs(10)),
            Duration::ZERO,
        )
        .unwrap();
    connection
}

/// What was sent since the last time.
fn sent(connection: &mut Connection) -> Vec<String> {
    let sentences = read(connection.poll_transmit());
    connection.transmitted(usize::MAX);
    sentences
}

fn answer(connection: &mut Connection, words: &[&str]) {
    connection
        .handle_input(&sentence(words), Duration::ZERO)
        .unwrap();
}

#[test]
fn responses_to_a_challenge_are_as_documented() {
    let table: [(&str, &[u8], &str); 6] = [
        (
            "856780b7411eefd3abadee2058c149a3",
            b"",
            "005062f7a5ef124d34675bf3e81f56c556",
        ),
        (CHALLENGE, b"secret", "00925d25da4b1ffe731237818c4e1fcd57"),
        (CHALLENGE, b"", "0056965570ff778b1a1ea22aad590505f8"),
        ("abc123", b"passTest", "0021277bff9ac7caf06aa608e46616d47f"),
        (
            "00112233445566778899aabbccddeeff",
            "contraseña".as_bytes(),
            "00d5e661bec02303af18cabac59c733503",
        ),
        (
            "00112233445566778899AABBCCDDEEFF",
            b"contrase\xF1a",
            "00bc1cb7f58ffa39256c730fd0d41d2055",
        ),
    ];
    for (challenge, password, response) in table {
        let computed = challenge_response(password, challenge.as_bytes()).unwrap();
        assert_eq!(core::str::from_utf8(&computed), Ok(response));
    }
    for challenge in ["", "a", "abc", "zz", "0x", "é"] {
        assert!(
            challenge_response(b"", challenge.as_bytes()).is_err(),
            "{challenge}"
        );
    }
}

#[test]
fn a_plain_login_is_done_without_a_token() {
    for method in [LoginMethod::Automatic, LoginMethod::Plain] {
        let mut connection = start(method);
        assert_eq!(
            sent(&mut connection),
            ["/login =name=admin =password=secret"]
        );
        answer(&mut connection, &["!done"]);
        assert!(matches!(connection.poll_event(), Some(Event::LoggedIn)));
        assert!(connection.poll_event().is_none());
    }
}

#[test]
fn a_challenge_is_answered() {
    for (method, first) in [
        (
            LoginMethod::Automatic,
            "/login =name=admin =password=secret",
        ),
        (LoginMethod::ChallengeOnly, "/login"),
    ] {
        let mut connection = start(method);
        assert_eq!(sent(&mut connection), [first]);
        answer(&mut connection, &["!done", &format!("=ret={CHALLENGE}")]);
        assert!(connection.poll_event().is_none());
        assert_eq!(
            sent(&mut connection),
            ["/login =name=admin =response=00925d25da4b1ffe731237818c4e1fcd57"]
        );
        answer(&mut connection, &["!done"]);
        assert!(matches!(connection.poll_event(), Some(Event::LoggedIn)));
    }
}

#[test]
fn a_refusal_is_told_after_its_done_and_another_try_is_possible() {
    let mut connection = start(LoginMethod::Automatic);
    answer(
        &mut connection,
        &["!trap", "=message=invalid user name or password (6)"],
    );
    assert!(connection.poll_event().is_none());
    answer(&mut connection, &["!done"]);
    match connection.poll_event() {
        Some(Event::LoginFailed(LoginError::Refused(trap))) => {
            assert_eq!(trap.class(), TrapClass::Login);
        }
        other => panic!("{other:?}"),
    }
    let again = Credentials::new("admin", "other");
    connection
        .login(again, LoginMethod::Plain, None, Duration::ZERO)
        .unwrap();
    answer(&mut connection, &["!done"]);
    assert!(matches!(connection.poll_event(), Some(Event::LoggedIn)));
}

#[test]
fn unfitting_answers_are_failures_of_their_own() {
    let cases = [
        (LoginMethod::Automatic, "=ret=xyz", LoginError::BadChallenge),
        (LoginMethod::Automatic, "=ret=abc", LoginError::BadChallenge),
        (LoginMethod::Automatic, "=ret=", LoginError::BadChallenge),
        (
            LoginMethod::Plain,
            "=ret=00",
            LoginError::UnexpectedChallenge,
        ),
        (
            LoginMethod::ChallengeOnly,
            "=other=1",
            LoginError::NoChallenge,
        ),
    ];
    for (method, word, expected) in cases {
        let mut connection = start(method);
        answer(&mut connection, &["!done", word]);
        match connection.poll_event() {
            Some(Event::LoginFailed(error)) => assert_eq!(error, expected, "{method:?} {word}"),
            other => panic!("{method:?} {word}: {other:?}"),
        }
    }
    let mut connection = start(LoginMethod::Automatic);
    answer(&mut connection, &["!done", "=ret=00"]);
    answer(&mut connection, &["!done", "=ret=00"]);
    assert!(matches!(
        connection.poll_event(),
        Some(Event::LoginFailed(LoginError::UnexpectedChallenge))
    ));
}

#[test]
fn a_silent_router_ends_the_connection() {
    let mut connection = start(LoginMethod::Automatic);
    assert_eq!(connection.poll_timeout(), Some(Duration::from_secs(10)));
    connection.handle_timeout(Duration::from_secs(9));
    assert!(connection.poll_event().is_none());
    connection.handle_timeout(Duration::from_secs(10));
    assert!(matches!(
        connection.poll_event(),
        Some(Event::LoginFailed(LoginError::TimedOut))
    ));
    assert!(matches!(
        connection.poll_event(),
        Some(Event::Closed(CloseReason::LoginTimedOut))
    ));
    assert!(connection.poll_event().is_none());
}

#[test]
fn commands_wait_for_the_login() {
    let mut connection = start(LoginMethod::Automatic);
    let command = Command::new("/system/identity/print");
    let refused = connection.submit(&command, CallOptions::default(), Duration::ZERO);
    assert_eq!(refused, Err(SubmitError::LoginPending));
    answer(&mut connection, &["!done"]);
    assert!(matches!(connection.poll_event(), Some(Event::LoggedIn)));
    assert!(
        connection
            .submit(&command, CallOptions::default(), Duration::ZERO)
            .is_ok()
    );
}

#[test]
fn a_fatal_during_login_closes_with_its_reason() {
    let mut connection = start(LoginMethod::Automatic);
    answer(
        &mut connection,
        &["!fatal", "too many commands before login"],
    );
    match connection.poll_event() {
        Some(Event::Closed(CloseReason::Fatal(reason))) => {
            assert_eq!(&**reason, b"too many commands before login");
        }
        other => panic!("{other:?}"),
    }
    assert!(connection.poll_event().is_none());
}

#[test]
fn the_password_is_shown_nowhere() {
    let connection = start(LoginMethod::Automatic);
    let shown = format!("{connection:?} {:?}", Credentials::new("admin", "secret"));
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("***"));
}

#[test]
fn a_refusal_counts_although_the_router_closed_before_its_done() {
    let mut connection = start(LoginMethod::Automatic);
    answer(&mut connection, &["!trap", "=message=cannot log in"]);
    assert!(connection.poll_event().is_none());
    connection.handle_eof();
    assert!(matches!(
        connection.poll_event(),
        Some(Event::LoginFailed(LoginError::Refused(trap))) if trap.to_string() == "cannot log in"
    ));
    assert!(matches!(connection.poll_event(), Some(Event::Closed(_))));
    assert!(connection.poll_event().is_none());
}
