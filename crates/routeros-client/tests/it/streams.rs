//! Rows one by one: order, bounds, cancelling, and that nobody else is held up for ever.

use std::time::Duration;

use routeros_client::CallErrorKind;
use routeros_client::Command;
use routeros_client::StreamOptions;

use crate::router::{Done, Re, Trap, kind, pair};

fn listen() -> Command {
    Command::new("/interface/listen")
}

fn small(buffer: usize, stall_timeout: Duration) -> StreamOptions {
    StreamOptions::listen()
        .with_buffer(buffer)
        .with_stall_timeout(stall_timeout)
}

#[tokio::test]
async fn every_row_arrives_in_order_however_slow_the_consumer() {
    let (client, mut router) = pair().await;
    let options = small(1, Duration::from_secs(60));
    let mut rows = client.stream(listen(), options).await.unwrap();
    let ask = router.expect("/interface/listen").await;
    let feed = tokio::spawn(async move {
        for number in 0..500 {
            router
                .answer(&ask, Re, &[("number", &number.to_string())])
                .await;
        }
        router.answer(&ask, Done, &[("ret", "end")]).await;
        router
    });
    for number in 0..500 {
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("number").unwrap(), number.to_string().as_str());
    }
    assert!(rows.next().await.is_none());
    assert!(rows.next().await.is_none(), "and stays at its end");
    assert_eq!(rows.done().unwrap().get("ret").unwrap(), "end");
    feed.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_never_takes_fails_visibly_and_others_go_on() {
    let (client, mut router) = pair().await;
    let options = small(2, Duration::from_secs(5));
    let mut rows = client.stream(listen(), options).await.unwrap();
    let ask = router.expect("/interface/listen").await;
    for number in 0..10 {
        router
            .answer(&ask, Re, &[("number", &number.to_string())])
            .await;
    }
    let other = client.execute(Command::new("/other"));
    let answer = async {
        // Written at once, although nothing is read while the full buffer is waited for.
        let other = router.expect("/other").await;
        router.answer(&other, Done, &[]).await;
        let cancel = router.expect("/cancel").await;
        assert_eq!(cancel.attribute("tag").unwrap().as_bytes(), ask.tag);
    };
    let (other, ()) = tokio::join!(other, answer);
    other.unwrap();
    // What was buffered is delivered, then the loss is told.
    for number in 0..2 {
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("number").unwrap(), number.to_string().as_str());
    }
    assert!(matches!(
        rows.next().await.map(kind),
        Some(Err(CallErrorKind::Overflow))
    ));
    assert!(rows.next().await.is_none());
}

#[tokio::test]
async fn cancelling_waits_for_the_routers_word() {
    let (client, mut router) = pair().await;
    let rows = client
        .stream(listen(), StreamOptions::listen())
        .await
        .unwrap();
    let ask = router.expect("/interface/listen").await;
    let answer = async {
        let cancel = router.expect("/cancel").await;
        router.answer(&ask, Re, &[("number", "1")]).await;
        let interrupted = [("category", "2"), ("message", "interrupted")];
        router.answer(&ask, Trap, &interrupted).await;
        router.answer(&cancel, Done, &[]).await;
        router.answer(&ask, Done, &[]).await;
    };
    let (outcome, ()) = tokio::join!(rows.cancel(), answer);
    outcome.unwrap();
}

#[tokio::test]
async fn stopping_still_delivers_what_was_under_way() {
    let (client, mut router) = pair().await;
    let mut rows = client
        .stream(listen(), StreamOptions::listen())
        .await
        .unwrap();
    let ask = router.expect("/interface/listen").await;
    router.answer(&ask, Re, &[("number", "1")]).await;
    rows.stop();
    router.expect("/cancel").await;
    router.answer(&ask, Re, &[("number", "2")]).await;
    router.answer(&ask, Trap, &[("category", "2")]).await;
    router.answer(&ask, Done, &[]).await;
    assert!(rows.next().await.unwrap().is_ok());
    assert!(rows.next().await.unwrap().is_ok());
    assert!(rows.next().await.is_none());
}

#[tokio::test]
async fn dropping_a_stream_cancels() {
    let (client, mut router) = pair().await;
    let rows = client
        .stream(listen(), StreamOptions::listen())
        .await
        .unwrap();
    let ask = router.expect("/interface/listen").await;
    drop(rows);
    let cancel = router.expect("/cancel").await;
    assert_eq!(cancel.attribute("tag").unwrap().as_bytes(), ask.tag);
}

#[tokio::test]
async fn a_trap_after_rows_is_the_last_item() {
    let (client, mut router) = pair().await;
    let mut rows = client
        .stream(listen(), StreamOptions::print())
        .await
        .unwrap();
    let ask = router.expect("/interface/listen").await;
    router.answer(&ask, Re, &[]).await;
    router.answer(&ask, Trap, &[("message", "busy")]).await;
    router.answer(&ask, Done, &[]).await;
    assert!(rows.next().await.unwrap().is_ok());
    assert!(matches!(
        rows.next().await.map(kind),
        Some(Err(CallErrorKind::Trap(_)))
    ));
    assert!(rows.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_table_without_progress_ends_although_nobody_bounds_its_whole_time() {
    let (client, mut router) = pair().await;
    let mut rows = client
        .stream(listen(), StreamOptions::print())
        .await
        .unwrap();
    let ask = router.expect("/interface/listen").await;
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(100)).await;
        router.answer(&ask, Re, &[]).await;
        assert!(rows.next().await.unwrap().is_ok());
    }
    assert!(matches!(
        rows.next().await.map(kind),
        Some(Err(CallErrorKind::TimedOut { .. }))
    ));
}

#[tokio::test(start_paused = true)]
async fn alone_on_its_connection_a_consumer_may_be_as_slow_as_it_likes() {
    let (client, mut router) = pair().await;
    // A table that fails after two minutes without a row from the router.
    let options = StreamOptions::print()
        .with_buffer(1)
        .with_stall_timeout(Duration::from_secs(1));
    let mut rows = client.stream(listen(), options).await.unwrap();
    let ask = router.expect("/interface/listen").await;
    for number in 0..20 {
        router
            .answer(&ask, Re, &[("number", &number.to_string())])
            .await;
    }
    router.answer(&ask, Done, &[]).await;
    for number in 0..20 {
        tokio::time::sleep(Duration::from_secs(150)).await;
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("number").unwrap(), number.to_string().as_str());
    }
    assert!(rows.next().await.is_none());
}
