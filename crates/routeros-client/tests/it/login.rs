//! Connecting without TLS: login, diagnosis, the address filter, bounded waits.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use routeros_client::ConnectOptions;
use routeros_client::Diagnosis;
use routeros_client::proto::login::{LoginMethod, challenge_response};
use routeros_client::{ConnectError, Stage};
use routeros_client::{connect, connect_over};
use tokio::io::{AsyncWriteExt, duplex};
use tokio::net::TcpListener;

use crate::router::{Done, Router, Trap, options};

async fn listener() -> (TcpListener, ConnectOptions) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options();
    options.port = listener.local_addr().unwrap().port();
    (listener, options)
}

/// Connects to a peer that sends these bytes and closes.
async fn told(bytes: &[u8]) -> ConnectError {
    let (near, mut far) = duplex(1 << 16);
    let peer = async {
        far.write_all(bytes).await.unwrap();
        drop(far);
    };
    let options = options();
    let (outcome, ()) = tokio::join!(connect_over(near, &options), peer);
    outcome.unwrap_err()
}

#[tokio::test]
async fn an_old_router_gets_the_response_to_its_challenge() {
    let (near, far) = duplex(1 << 16);
    let mut router = Router::new(far);
    let challenge = "000102030405060708090a0b0c0d0e0f";
    let play = async {
        let first = router.expect("/login").await;
        assert_eq!(first.attribute("password").as_deref(), Some("secret"));
        router.answer(&first, Done, &[("ret", challenge)]).await;
        let second = router.expect("/login").await;
        let response = challenge_response(b"secret", challenge.as_bytes()).unwrap();
        assert_eq!(second.attribute("response").unwrap().as_bytes(), response);
        router.answer(&second, Done, &[]).await;
    };
    let options = options();
    let (client, ()) = tokio::join!(connect_over(near, &options), play);
    client.unwrap();
}

#[tokio::test]
async fn challenge_only_never_shows_the_password() {
    let (near, far) = duplex(1 << 16);
    let mut router = Router::new(far);
    let mut options = options();
    options.login = LoginMethod::ChallengeOnly;
    let play = async {
        let first = router.expect("/login").await;
        assert!(first.attributes.view().is_empty());
        router.answer(&first, Done, &[]).await;
    };
    let (outcome, ()) = tokio::join!(connect_over(near, &options), play);
    assert_eq!(outcome.unwrap_err().diagnosis(), &Diagnosis::LoginMethod);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    for (message, diagnosis) in [
        (
            "invalid user name or password (6)",
            Diagnosis::WrongCredentials,
        ),
        ("cannot log in", Diagnosis::WrongCredentials),
        ("not enough permissions (9)", Diagnosis::MissingPolicy),
        ("std failure: timeout (13)", Diagnosis::Overloaded),
    ] {
        let (near, far) = duplex(1 << 16);
        let mut router = Router::new(far);
        let play = async {
            let login = router.expect("/login").await;
            router.answer(&login, Trap, &[("message", message)]).await;
            router.answer(&login, Done, &[]).await;
        };
        let options = options();
        let (outcome, ()) = tokio::join!(connect_over(near, &options), play);
        let error = outcome.unwrap_err();
        assert_eq!(error.diagnosis(), &diagnosis);
        assert_eq!(error.stage(), Stage::Login);
    }
}

#[tokio::test]
async fn what_else_may_answer_is_recognised() {
    for (bytes, diagnosis) in [
        (&b""[..], Diagnosis::ClosedEarly),
        (b"\x15\x03\x01\x00\x02\x02\x50", Diagnosis::SpeaksTls),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Diagnosis::NotRouterOs),
        (b"SSH-2.0-ROSSSH\r\n", Diagnosis::NotRouterOs),
        (b"\x06!fatal\x0btoo many se\x00", Diagnosis::ClosedEarly),
        (b"\xf8", Diagnosis::NotRouterOs),
        (b"\x05!do", Diagnosis::ClosedEarly),
        (b"\x05!done\xff", Diagnosis::NotRouterOs),
    ] {
        assert_eq!(told(bytes).await.diagnosis(), &diagnosis, "{bytes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_costs_no_more_than_the_login_time() {
    let (near, _far) = duplex(1 << 16);
    let options = options();
    let started = tokio::time::Instant::now();
    let error = connect_over(near, &options).await.unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::Silent);
    assert!(started.elapsed() < options.timeouts.login + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_dribbling_peer_is_understood_and_costs_no_more_than_the_login_time() {
    for (answer, lets_in) in [(&b"\x05!done\x00"[..], true), (&[0; 100], false)] {
        let (near, mut far) = duplex(1 << 16);
        let dribble = tokio::spawn(async move {
            for byte in answer {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if far.write_all(&[*byte]).await.is_err() {
                    return far;
                }
            }
            far
        });
        let options = options();
        let started = tokio::time::Instant::now();
        let outcome = connect_over(near, &options).await;
        assert_eq!(outcome.is_ok(), lets_in);
        assert!(started.elapsed() < options.timeouts.login + Duration::from_secs(1));
        dribble.abort();
    }
}

#[tokio::test]
async fn an_answer_cut_at_every_byte_is_an_early_end_unless_it_said_why() {
    let trap = b"\x05!trap\x23=message=not enough permissions (9)\x00";
    let refused = [&trap[..], b"\x05!done\x00"].concat();
    for answer in [&b"\x05!done\x00"[..], &refused] {
        for end in 0..answer.len() {
            let error = told(&answer[..end]).await;
            let expected = if end < trap.len() {
                Diagnosis::ClosedEarly
            } else {
                Diagnosis::MissingPolicy
            };
            assert_eq!(error.diagnosis(), &expected, "{end} bytes");
        }
    }
}

#[tokio::test]
async fn a_closed_port_is_called_so() {
    let (listener, options) = listener().await;
    drop(listener);
    let error = connect(options).await.unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::Refused);
    assert!(error.is_unreachable());
}

#[tokio::test]
async fn every_resolved_address_is_checked_and_only_allowed_ones_are_dialled() {
    let (listener, mut options) = listener().await;
    let asked: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
    let seen = Arc::clone(&asked);
    options.host = "localhost".to_owned();
    options.address_filter = Some(Arc::new(move |address| {
        seen.lock().unwrap().push(address);
        false
    }));
    let error = connect(options.clone()).await.unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::AddressFiltered);
    let addresses = std::mem::take(&mut *asked.lock().unwrap());
    assert!(!addresses.is_empty());
    assert!(addresses.iter().all(|address| address.ip().is_loopback()));
    // Nobody was dialled: the first to come in is the one that is let through now.
    options.address_filter = Some(Arc::new(|address| address.is_ipv4()));
    let play = async {
        let (tcp, _) = listener.accept().await.unwrap();
        Router::new(tcp).let_in().await;
    };
    let (client, ()) = tokio::join!(connect(options), play);
    let peer = client.unwrap().peer().unwrap();
    assert!(peer.is_ipv4());
}

#[tokio::test]
async fn a_name_without_an_address_is_called_so() {
    let mut options = options();
    // No resolver asks anybody for a label of 64 letters.
    options.host = format!("{}.test", "a".repeat(64));
    let error = connect(options).await.unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::NameNotFound);
}

#[tokio::test]
async fn no_error_shows_the_password() {
    let mut wrong = options();
    wrong.port = 1;
    let shown = format!("{wrong:?} {:?}", connect(wrong.clone()).await);
    assert!(!shown.contains("secret"), "{shown}");
}
