//! What callers get wrong must cost them a clear error, and nobody else anything.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use routeros_client::Client;
use routeros_client::Command;
use routeros_client::ConnectOptions;
use routeros_client::Diagnosis;
use routeros_client::{CallErrorKind, Effect};
use routeros_client::{ConnectError, Stage};
use routeros_client::{Pool, PoolConfig};
use routeros_client::{Tls, Trust};
use routeros_client::{connect, connect_over};
use socket2::{Domain, Socket, Type};
use tokio::io::duplex;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::router::{Done, Router, kind, options, pair};

fn print() -> Command {
    Command::new("/interface/print")
}

/// A real port on which every connection is let in and answered.
async fn host() -> ConnectOptions {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options();
    options.port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut router = Router::new(tcp);
                router.let_in().await;
                router.serve().await;
            });
        }
    });
    options
}

async fn refused(options: ConnectOptions) -> ConnectError {
    connect(options).await.unwrap_err()
}

#[tokio::test]
async fn no_word_of_a_caller_reaches_another_call() {
    let (client, mut router) = pair().await;
    for word in [
        ".tag=1",
        ".tag=",
        ".tag",
        ".anything",
        "!done",
        "/login",
        "/cancel",
        "bare",
    ] {
        let call = client.execute(print().word(word)).await;
        assert!(
            matches!(kind(call), Err(CallErrorKind::Invalid(_))),
            "{word}"
        );
    }
    for path in [
        "/login", "/cancel", "/cancel/", "//login", "/ cancel", "/Cancel",
    ] {
        let call = client.execute(Command::new(path).attribute("tag", "1"));
        assert!(
            matches!(kind(call.await), Err(CallErrorKind::Invalid(_))),
            "{path}"
        );
    }
    // None of them was sent.
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.execute(print().word("=!comment=").word("?#!")).await }
    });
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Done, &[]).await;
    call.await.unwrap().unwrap();
}

#[test]
fn the_reason_of_the_end_is_known_before_any_call_hears_of_it() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for _ in 0..300 {
            let (client, router) = pair().await;
            let mut calls = JoinSet::new();
            for _ in 0..4 {
                let client = client.clone();
                calls.spawn(async move {
                    let outcome = client.execute(print()).await;
                    assert!(outcome.is_err());
                    client.end().is_some()
                });
            }
            tokio::task::yield_now().await;
            drop(router);
            while let Some(knows) = calls.join_next().await {
                assert!(knows.unwrap());
            }
        }
    });
}

#[test]
fn a_connection_whose_runtime_is_gone_has_ended() {
    let theirs = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (client, _router) = theirs.block_on(pair());
    theirs.shutdown_background();
    let ours = Builder::new_current_thread().enable_all().build().unwrap();
    ours.block_on(async {
        client.closed().await;
        assert!(client.end().is_some());
        let error = client.execute(print()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::None);
    });
}

#[tokio::test]
async fn the_longest_times_are_times() {
    let mut options = host().await;
    options.timeouts.connect = Duration::MAX;
    options.timeouts.tls = Duration::MAX;
    options.timeouts.login = Duration::MAX;
    options.timeouts.total = Duration::MAX;
    options.timeouts.command = Duration::MAX;
    options.protocol.cancel_grace = Duration::MAX;
    let client = connect(options).await.unwrap();
    client.execute(print()).await.unwrap();
}

#[tokio::test]
async fn the_longest_times_are_times_for_a_pool_too() {
    let config = PoolConfig::default()
        .with_idle_timeout(Duration::MAX)
        .with_probe_after(Duration::MAX)
        .with_probe_timeout(Duration::MAX)
        .with_backoff_first(Duration::MAX)
        .with_backoff_max(Duration::MAX)
        .with_failure_threshold(1);
    let pool: Pool<u8> = Pool::new(config, Handle::current(), std::sync::Arc::new(|| 7));
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut good = host().await;
    good.timeouts.connect = Duration::MAX;
    let lease = pool.lease(&1, 1, deadline, || Ok(good)).await.unwrap();
    lease.execute(print()).await.unwrap();
    let mut bad = options();
    bad.port = 1;
    for _ in 0..2 {
        let bad = bad.clone();
        let error = pool.lease(&2, 1, deadline, || Ok(bad)).await.unwrap_err();
        assert!(!error.to_string().contains("runtime"), "{error}");
    }
}

#[tokio::test]
async fn any_keepalive_is_taken() {
    let options = host().await;
    for keepalive in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        let mut options = options.clone();
        options.keepalive = Some(keepalive);
        connect(options).await.unwrap();
    }
    let mut without = options;
    without.keepalive = None;
    connect(without).await.unwrap();
}

#[tokio::test]
async fn a_total_that_ends_in_the_handshake_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options().tls(Tls::On(Trust::FirstUse));
    options.port = listener.local_addr().unwrap().port();
    options.timeouts.total = Duration::from_millis(50);
    let error = refused(options).await;
    assert_eq!(error.stage(), Stage::Tls);
    assert_eq!(error.diagnosis(), &Diagnosis::TimedOut);
}

#[tokio::test]
async fn a_total_that_ends_while_dialling_is_told_as_such() {
    // The queue of a listener that never accepts fills up; further callers hear nothing.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket
        .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let dial = TcpStream::connect(address);
        if let Ok(Ok(tcp)) = tokio::time::timeout(Duration::from_millis(100), dial).await {
            waiting.push(tcp);
        }
    }
    let mut options = options();
    options.port = address.port();
    options.timeouts.total = Duration::from_millis(50);
    let error = refused(options).await;
    assert_eq!(error.stage(), Stage::Dial);
    assert_eq!(error.diagnosis(), &Diagnosis::TimedOut);
}

#[tokio::test]
async fn a_command_that_is_too_large_fails_alone() {
    let options = host().await;
    let client = connect(options).await.unwrap();
    let mut calls = JoinSet::new();
    let ask = |client: Client, command| async move { client.execute(command).await.is_ok() };
    for number in 0..200 {
        calls.spawn(ask(client.clone(), print()));
        if number == 100 {
            let client = client.clone();
            calls.spawn(async move {
                let huge = Command::new("/file/set").attribute("contents", vec![b'x'; 20 << 20]);
                let error = client.execute(huge).await.unwrap_err();
                assert_eq!(error.effect(), Effect::None);
                assert!(!error.is_connection_lost(), "{error}");
                true
            });
        }
    }
    while let Some(succeeded) = calls.join_next().await {
        assert!(succeeded.unwrap());
    }
    // Also when nothing else waits.
    let huge = Command::new("/file/set").attribute("contents", vec![b'x'; 20 << 20]);
    assert!(client.execute(huge).await.is_err());
    client.execute(print()).await.unwrap();
}

#[tokio::test]
async fn a_host_that_is_more_or_less_than_a_host_is_called_so() {
    for host in [
        "",
        " ",
        "127.0.0.1:8728",
        "[::1]:8728",
        "router.example:8728",
        "[::1",
        "::1]",
        "[]",
        "[router]",
        "::x",
        "http://127.0.0.1",
        "a b",
    ] {
        let mut options = options();
        options.host = host.to_owned();
        let error = refused(options).await;
        let said = matches!(error.diagnosis(), Diagnosis::InvalidSettings(_));
        assert!(said, "{host:?}: {error}");
    }
}

#[tokio::test]
async fn an_ipv6_address_may_stand_in_brackets() {
    let mut options = options();
    options.host = "[::1]".to_owned();
    options.port = 1;
    let error = refused(options).await;
    assert_eq!(error.stage(), Stage::Dial, "{error}");
}

#[tokio::test]
async fn a_peer_that_takes_nothing_in_costs_no_panic() {
    let (near, _far) = duplex(1);
    let mut options = options();
    options.timeouts.login = Duration::from_millis(20);
    let error = connect_over(near, &options).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Login);
}
