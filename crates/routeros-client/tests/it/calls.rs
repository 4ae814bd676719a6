//! Commands: answers, errors, what may have become of them, cancelling, many at once.

use std::time::Duration;

use routeros_client::CallOptions;
use routeros_client::Client;
use routeros_client::Command;
use routeros_client::Reply;
use routeros_client::TrapClass;
use routeros_client::connect_over;
use routeros_client::{CallError, CallErrorKind, Closed, Effect};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::task::JoinHandle;

use crate::router::{Done, Empty, Re, Router, Trap, kind, options, pair, pair_with};

fn print() -> Command {
    Command::new("/interface/print")
}

fn spawn(client: &Client, command: Command) -> JoinHandle<Result<Reply, CallError>> {
    let client = client.clone();
    tokio::spawn(async move { client.execute(command).await })
}

#[tokio::test]
async fn rows_and_done_attributes_arrive_whole() {
    let (client, mut router) = pair().await;
    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Re, &[("name", "ether1")]).await;
    router.answer(&ask, Re, &[]).await;
    router.answer(&ask, Done, &[("ret", "2")]).await;
    let reply = call.await.unwrap().unwrap();
    assert_eq!(reply.rows().len(), 2, "a row without attributes counts");
    assert_eq!(reply.rows()[0].get("name").unwrap(), "ether1");
    assert_eq!(reply.ret().unwrap(), "2");
}

#[tokio::test]
async fn add_returns_the_id_and_misses_one_that_is_not_there() {
    let (client, mut router) = pair().await;
    let add = || Command::new("/ip/hotspot/user/add").attribute("name", "a");
    let router = async {
        let ask = router.expect("/ip/hotspot/user/add").await;
        router.answer(&ask, Done, &[("ret", "*1F")]).await;
        let ask = router.expect("/ip/hotspot/user/add").await;
        router.answer(&ask, Done, &[]).await;
    };
    let calls = async {
        assert_eq!(client.add(add()).await.unwrap(), "*1F");
        assert!(matches!(
            kind(client.add(add()).await),
            Err(CallErrorKind::NoId)
        ));
    };
    tokio::join!(router, calls);
}

#[tokio::test]
async fn traps_are_classified_and_never_end_the_call_early() {
    let (client, mut router) = pair().await;
    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Re, &[("name", "ether1")]).await;
    let message = "failure: already have user with this name for this server";
    router.answer(&ask, Trap, &[("message", message)]).await;
    router.answer(&ask, Trap, &[("message", "more")]).await;
    router.answer(&ask, Empty, &[]).await;
    // A second command is not confused by the late `!done` of the first.
    let second = spawn(&client, print());
    let other = router.expect("/interface/print").await;
    router.answer(&ask, Done, &[]).await;
    router.answer(&other, Done, &[]).await;
    let error = call.await.unwrap().unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.class(), TrapClass::Duplicate);
    assert_eq!((refusal.others().len(), refusal.rows().len()), (1, 1));
    assert_eq!(error.effect(), Effect::Refused);
    assert!(second.await.unwrap().unwrap().rows().is_empty());
}

#[tokio::test]
async fn sixty_four_calls_in_flight_are_answered_in_any_order() {
    let (client, mut router) = pair().await;
    let calls: Vec<_> = (0..64)
        .map(|number| spawn(&client, print().attribute("number", number.to_string())))
        .collect();
    let mut asks = Vec::new();
    for _ in 0..64 {
        asks.push(router.expect("/interface/print").await);
    }
    assert_eq!(client.in_flight(), 64);
    for ask in asks.iter().rev() {
        let number = ask.attribute("number").unwrap();
        router.answer(ask, Re, &[("number", &number)]).await;
    }
    for ask in &asks {
        router.answer(ask, Done, &[]).await;
    }
    for (number, call) in calls.into_iter().enumerate() {
        let reply = call.await.unwrap().unwrap();
        assert_eq!(
            reply.rows()[0].get("number").unwrap(),
            number.to_string().as_str()
        );
    }
    assert_eq!(client.in_flight(), 0);
}

#[tokio::test]
async fn further_calls_wait_for_a_place_and_fail_unsent_without_one() {
    let mut few = options();
    few.max_in_flight = 1;
    let (client, mut router) = pair_with(few).await;
    let first = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    let late = CallOptions::timeout(Duration::from_millis(1));
    let error = client.execute_with(print(), late).await.unwrap_err();
    assert!(matches!(
        error.kind(),
        CallErrorKind::TimedOut {
            effect: Effect::None
        }
    ));
    let waiting = spawn(&client, Command::new("/second"));
    router.answer(&ask, Done, &[]).await;
    first.await.unwrap().unwrap();
    let ask = router.expect("/second").await;
    router.answer(&ask, Done, &[]).await;
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_dropped_future_cancels_on_the_router_and_its_tag_stays_reserved() {
    let (client, mut router) = pair().await;
    let call = spawn(&client, Command::new("/interface/monitor-traffic"));
    let ask = router.expect("/interface/monitor-traffic").await;
    call.abort();
    let cancel = router.expect("/cancel").await;
    assert_eq!(cancel.attribute("tag").unwrap().as_bytes(), ask.tag);
    assert_ne!(cancel.tag, ask.tag);
    // Before the router confirms, other calls go on under other tags.
    let next = spawn(&client, print());
    let other = router.expect("/interface/print").await;
    assert!(other.tag != ask.tag && other.tag != cancel.tag);
    router.answer(&ask, Re, &[("late", "row")]).await;
    router
        .answer(&ask, Trap, &[("category", "2"), ("message", "interrupted")])
        .await;
    router.answer(&cancel, Done, &[]).await;
    router.answer(&ask, Done, &[]).await;
    router.answer(&other, Done, &[]).await;
    assert!(next.await.unwrap().unwrap().rows().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cancels_and_tells_that_nobody_knows() {
    let (client, mut router) = pair().await;
    let limit = CallOptions::timeout(Duration::from_secs(3));
    let call = client.execute_with(print(), limit);
    let (outcome, ask) = tokio::join!(call, router.expect("/interface/print"));
    let effect = Effect::Unknown;
    assert!(
        matches!(kind(outcome), Err(CallErrorKind::TimedOut { effect: found }) if found == effect)
    );
    let cancel = router.expect("/cancel").await;
    assert_eq!(cancel.attribute("tag").unwrap().as_bytes(), ask.tag);
    // A router that never answers the cancel either holds nobody else up.
    let next = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Done, &[]).await;
    next.await.unwrap().unwrap();
}

#[tokio::test]
async fn whether_a_command_was_sent_is_known_to_the_byte() {
    // The command is cut after each of its bytes: only when the last one went out is the effect
    // unknown.
    let command = || Command::new("/ip/hotspot/user/add").attribute("name", "V7K2");
    let whole = command().wire_len() + ".tag=1".len() + 2;
    for taken in 0..=whole {
        // The stream between holds one byte at most.
        let (near, far) = duplex(1);
        let options = options();
        let mut router = Router::new(far);
        let (client, ()) = tokio::join!(connect_over(near, &options), router.let_in());
        let client = client.unwrap();
        let call = spawn(&client, command());
        let mut far = router.into_stream();
        let mut seen = vec![0; taken];
        far.read_exact(&mut seen).await.unwrap();
        drop(far);
        let error = call.await.unwrap().unwrap_err();
        // The byte in between has left us, but nobody read it.
        match error.effect() {
            Effect::None => assert!(taken < whole, "{taken} of {whole}"),
            Effect::Unknown => assert!(taken + 1 >= whole, "{taken} of {whole}: {error}"),
            Effect::Refused => panic!("nobody refused"),
        }
    }
}

#[tokio::test]
async fn fatal_end_and_garbage_are_told_apart() {
    type Fits = fn(&CallErrorKind) -> bool;
    let cases: [(&[u8], Fits); 5] = [
        (
            b"\x06!fatal\x0bnot working\x00",
            |error| matches!(error, CallErrorKind::Fatal { reason, .. } if reason == "not working"),
        ),
        (b"", |error| {
            let cause = Closed::Eof {
                mid_sentence: false,
            };
            matches!(error, CallErrorKind::Closed { cause: found, .. } if *found == cause)
        }),
        (b"\x05!do", |error| {
            let cause = Closed::Eof { mid_sentence: true };
            matches!(error, CallErrorKind::Closed { cause: found, .. } if *found == cause)
        }),
        (b"\xff", |error| {
            matches!(error, CallErrorKind::Protocol { .. })
        }),
        (b"\x05hello\x00", |error| {
            matches!(error, CallErrorKind::Protocol { .. })
        }),
    ];
    for (bytes, fits) in cases {
        let (client, mut router) = pair().await;
        let calls = [spawn(&client, print()), spawn(&client, print())];
        router.expect("/interface/print").await;
        router.expect("/interface/print").await;
        router.send(bytes).await;
        drop(router);
        for call in calls {
            let error = call.await.unwrap().unwrap_err();
            assert!(fits(error.kind()), "{bytes:?}: {error:?}");
            assert_eq!(error.effect(), Effect::Unknown);
        }
        client.closed().await;
        let error = client.execute(print()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::None, "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_cancelled_and_said_so() {
    let mut small = options();
    small.max_reply_bytes = 100;
    let (client, mut router) = pair_with(small).await;
    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    for _ in 0..3 {
        router.answer(&ask, Re, &[("name", &"x".repeat(40))]).await;
    }
    assert!(matches!(
        kind(call.await.unwrap()),
        Err(CallErrorKind::ReplyTooLarge { limit: 100 })
    ));
    router.expect("/cancel").await;
}

#[tokio::test]
async fn rows_without_content_and_endless_traps_are_bounded_too() {
    let mut small = options();
    small.max_reply_bytes = 10_000;
    let (client, mut router) = pair_with(small).await;
    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    for _ in 0..150 {
        router.answer(&ask, Re, &[]).await;
    }
    let answer = call.await.unwrap();
    assert!(matches!(
        kind(answer),
        Err(CallErrorKind::ReplyTooLarge { .. })
    ));
    router.expect("/cancel").await;

    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    let long = "x".repeat(40_000);
    for _ in 0..20 {
        router.answer(&ask, Trap, &[("message", &long)]).await;
    }
    router.answer(&ask, Done, &[]).await;
    let error = call.await.unwrap().unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.trap().view().message().as_bytes().len(), 40_000);
    assert_eq!(refusal.others().len(), 1);
}

#[tokio::test]
async fn however_much_was_asked_for_one_by_one_the_connection_stays() {
    let (client, mut router) = pair().await;
    let value = "x".repeat(1 << 20);
    let serve = async {
        for _ in 0..70 {
            let ask = router.expect("/interface/print").await;
            router.answer(&ask, Re, &[("name", &value)]).await;
            router.answer(&ask, Done, &[]).await;
        }
    };
    let ask = async {
        for _ in 0..70 {
            assert_eq!(client.execute(print()).await.unwrap().rows().len(), 1);
        }
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn a_router_that_never_stops_talking_to_nobody_is_left() {
    let (client, router) = pair().await;
    let stray = b"\x03!re\x0a.tag=99999\x20=name=aaaaaaaaaaaaaaaaaaaaaaaaaa\x00".repeat(1000);
    let mut stream = router.into_stream();
    let flood = async { while stream.write_all(&stray).await.is_ok() {} };
    tokio::join!(client.closed(), flood);
    assert!(client.end().is_some());
}

#[tokio::test]
async fn a_badly_built_command_is_refused_before_it_is_sent() {
    let (client, mut router) = pair().await;
    let error = client.execute(Command::new("print")).await.unwrap_err();
    assert!(matches!(error.kind(), CallErrorKind::Invalid(_)));
    let call = spawn(&client, print());
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Done, &[]).await;
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_connection_closes_with_its_last_handle() {
    let (client, mut router) = pair().await;
    let clone = client.clone();
    drop(client);
    let call = spawn(&clone, print());
    let ask = router.expect("/interface/print").await;
    router.answer(&ask, Done, &[]).await;
    call.await.unwrap().unwrap();
    drop(clone);
    assert!(router.ask().await.is_none());
}

#[tokio::test]
async fn closing_ends_it_for_all() {
    let (client, mut router) = pair().await;
    let call = spawn(&client, print());
    router.expect("/interface/print").await;
    client.close();
    let error = call.await.unwrap().unwrap_err();
    assert!(matches!(
        error.kind(),
        CallErrorKind::Closed {
            cause: Closed::ByUs,
            ..
        }
    ));
    client.closed().await;
    assert!(router.ask().await.is_none());
    let mut rest = router.into_stream();
    assert!(rest.write_all(b"x").await.is_err() || rest.read_u8().await.is_err());
}
