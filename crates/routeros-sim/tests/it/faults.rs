//! Faults that hit commands.

use std::time::Duration;

use routeros_proto::command::Command;
use routeros_sim::{Fault, FaultKind, Point, Simulator, Version};

use crate::client::{Client, command, login};

const PRINT: &str = "/ip/hotspot/user/print";
const ADD: &str = "/ip/hotspot/user/add";

async fn start() -> (Simulator, Client) {
    let router = Simulator::builder().start().await.unwrap();
    for name in ["a", "b", "c"] {
        router.add_user(name, "", "default").unwrap();
    }
    let client = Client::admin(&router).await;
    (router, client)
}

/// Arms a fault for the next print and returns what a client sees of that print.
async fn seen(kind: FaultKind) -> Vec<String> {
    let (router, mut client) = start().await;
    router.inject(Fault::new(kind).on(PRINT));
    client
        .send(&command(PRINT, &[(".proplist", "name")]), "t")
        .await;
    let mut seen = Vec::new();
    while let Some(reply) = client.try_next().await {
        let text = reply
            .get("name")
            .or(reply.get("message"))
            .unwrap_or(&reply.reason);
        seen.push(format!("{} {} {text}", reply.kind, reply.tag));
        if reply.kind == "!done" {
            break;
        }
    }
    // One shot: the next one is answered as ever.
    let mut next = Client::admin(&router).await;
    assert_eq!(next.call(PRINT).await.rows().len(), 4);
    seen
}

#[tokio::test]
async fn answers_that_say_something_else() {
    let rows = ["!re t default-trial", "!re t a", "!re t b", "!re t c"];
    let with = |before: &[&str], after: &[&str]| -> Vec<String> {
        let all = before.iter().chain(&rows).chain(after);
        all.map(|text| (*text).to_owned()).collect()
    };
    assert_eq!(
        seen(FaultKind::TwoTraps).await,
        [
            "!trap t interrupted",
            "!trap t failure: 301 Moved Permanently",
            "!done t "
        ]
    );
    assert_eq!(
        seen(FaultKind::TrapAfterRows { rows: 1 }).await,
        [rows[0], "!trap t std failure: timeout (13)", "!done t "]
    );
    assert_eq!(
        seen(FaultKind::UnknownReplyWord).await,
        with(&[], &["!progress t ", "!done t "])
    );
    assert_eq!(
        seen(FaultKind::UnknownTag).await,
        with(&["!re nobodys-tag stray"], &["!done t "])
    );
    assert_eq!(
        seen(FaultKind::EmptyBeforeDone).await,
        with(&[], &["!empty t ", "!done t "])
    );
    assert_eq!(seen(FaultKind::TagLast).await, with(&[], &["!done t "]));
    assert_eq!(
        seen(FaultKind::OneByteAtATime).await,
        with(&[], &["!done t "])
    );
    assert_eq!(
        seen(FaultKind::SentencePerPacket).await,
        with(&[], &["!done t "])
    );
    let trap = FaultKind::Trap {
        message: "busy".to_owned(),
        category: Some(4),
        executed: false,
    };
    assert_eq!(seen(trap).await, ["!trap t busy", "!done t "]);
    let fatal = FaultKind::Fatal {
        reason: "going down".to_owned(),
    };
    assert_eq!(seen(fatal).await, ["!fatal  going down"]);
    assert_eq!(seen(FaultKind::CloseBeforeExecution).await, [""; 0]);
    assert_eq!(seen(FaultKind::CloseBeforeReply).await, [""; 0]);
    assert_eq!(
        seen(FaultKind::CloseMidRow { after_rows: 2 }).await,
        rows[..2]
    );
    assert_eq!(seen(FaultKind::CloseMidRow { after_rows: 9 }).await, rows);
}

#[tokio::test]
async fn the_tag_can_come_last() {
    let (router, mut client) = start().await;
    router.inject(Fault::new(FaultKind::TagLast).on(PRINT));
    let print = Command::new(PRINT)
        .proplist(&["name"])
        .query_equal("name", "a");
    client.send(&print, "t").await;
    let bytes = client.read_bytes().await;
    assert_eq!(
        bytes,
        b"\x03!re\x07=name=a\x06.tag=t\x00\x05!done\x06.tag=t\x00"
    );
}

#[tokio::test]
async fn closing_before_execution_adds_nothing_and_before_the_reply_adds() {
    for (kind, added) in [
        (FaultKind::CloseBeforeExecution, false),
        (FaultKind::CloseBeforeReply, true),
        (FaultKind::CloseInReply { bytes: 4 }, true),
        (FaultKind::CloseMidRow { after_rows: 0 }, true),
    ] {
        let (router, mut client) = start().await;
        router.inject(Fault::new(kind.clone()).on(ADD));
        client.send(&command(ADD, &[("name", "x")]), "").await;
        assert_eq!(client.try_next().await, None);
        assert_eq!(router.user("x").is_some(), added, "{kind:?}");
    }
}

#[tokio::test]
async fn a_trap_may_hide_that_the_command_was_executed() {
    let (router, mut client) = start().await;
    let lie = |executed| {
        Fault::new(FaultKind::Trap {
            message: "action timed out - try again".to_owned(),
            category: None,
            executed,
        })
    };
    router.inject(lie(true).on(ADD));
    let answer = client.with(ADD, &[("name", "x")]).await;
    assert_eq!(answer.kinds(), ["!trap", "!done"]);
    assert!(router.user("x").is_some());
    router.inject(lie(false).on(ADD));
    client.with(ADD, &[("name", "y")]).await.trap();
    assert!(router.user("y").is_none());
}

#[tokio::test]
async fn wrong_policy_and_refused_login() {
    let (router, mut client) = start().await;
    router.inject(Fault::wrong_policy().on("/ip/hotspot/*").always());
    assert_eq!(
        client.call(PRINT).await.trap(),
        "not enough permissions (9)"
    );
    assert_eq!(
        client.call(PRINT).await.trap(),
        "not enough permissions (9)"
    );
    assert_eq!(client.call("/system/identity/print").await.rows().len(), 1);
    router.clear_faults();
    assert_eq!(client.call(PRINT).await.rows().len(), 4);
    let refuse = router.inject(Fault::new(FaultKind::RefuseLogin).times(2));
    let mut other = Client::connect(&router).await;
    for _ in 0..2 {
        assert_eq!(
            other.run(&login("admin", "")).await.trap(),
            "invalid user name or password (6)"
        );
    }
    other.run(&login("admin", "")).await.ok();
    assert_eq!(router.hits(refuse), 2);
}

#[tokio::test]
async fn faults_count_and_skip() {
    let (router, mut client) = start().await;
    let id = router.inject(Fault::trap("busy").on(PRINT).after(1).times(2));
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        outcomes.push(client.call(PRINT).await.kinds()[0] == "!trap");
    }
    assert_eq!(outcomes, [false, true, true, false, false]);
    assert_eq!(router.hits(id), 2);
    assert!(!router.faults()[0].armed);
    assert!(router.clear_fault(id));
    assert!(router.faults().is_empty());
}

#[tokio::test]
async fn a_hold_keeps_a_command_where_it_is() {
    for (point, executed) in [(Point::Execution, false), (Point::Reply, true)] {
        let (router, mut client) = start().await;
        let hold = router.inject(Fault::new(FaultKind::Hold(point)).on(ADD));
        client.send(&command(ADD, &[("name", "x")]), "t").await;
        router.holding(hold, 1).await;
        assert_eq!(router.user("x").is_some(), executed);
        router.release(hold);
        client.answer("t").await.ret();
        assert!(router.user("x").is_some());
    }
}

#[tokio::test]
async fn a_hold_can_fall_between_rows_and_into_a_word() {
    let (router, mut client) = start().await;
    let rows = router.inject(Fault::new(FaultKind::Hold(Point::Rows)).on(PRINT));
    client
        .send(&Command::new(PRINT).proplist(&["name"]), "t")
        .await;
    assert_eq!(client.next().await.get("name"), Some("default-trial"));
    router.holding(rows, 1).await;
    client
        .send(&Command::new("/system/identity/print"), "i")
        .await;
    assert_eq!(client.next().await.tag, "i", "others go on");
    client.answer("i").await;
    router.release(rows);
    assert_eq!(client.answer("t").await.rows().len(), 3);

    let word = router.inject(Fault::new(FaultKind::Hold(Point::Word)).on(PRINT));
    client
        .send(&Command::new(PRINT).proplist(&["name"]), "t")
        .await;
    assert_eq!(client.read_bytes().await, b"\x03!r");
    router.holding(word, 1).await;
    router.release(word);
    assert!(client.read_bytes().await.starts_with(b"e\x06.tag=t"));
}

#[tokio::test]
async fn a_held_command_can_be_cancelled_or_the_connection_closed() {
    let (router, mut client) = start().await;
    let hold = router.inject(
        Fault::new(FaultKind::Hold(Point::Execution))
            .on(ADD)
            .always(),
    );
    client.send(&command(ADD, &[("name", "x")]), "t").await;
    router.holding(hold, 1).await;
    client.send(&command("/cancel", &[("tag", "t")]), "").await;
    let mut replies = Vec::new();
    for _ in 0..3 {
        let reply = client.next().await;
        replies.push(format!("{}{}", reply.kind, reply.tag));
    }
    replies.sort();
    assert_eq!(replies, ["!done", "!donet", "!trapt"]);
    assert!(router.user("x").is_none());
    client.send(&command(ADD, &[("name", "x")]), "t").await;
    router.holding(hold, 1).await;
    drop(client);
    router
        .until(|counters| counters.open_connections == 0)
        .await;
    assert!(router.user("x").is_none());
}

#[tokio::test]
async fn a_delay_in_real_time_only_delays() {
    let (router, mut client) = start().await;
    for point in [Point::Execution, Point::Reply, Point::Rows, Point::Word] {
        router.inject(Fault::new(FaultKind::delay(point, Duration::from_millis(1))).on(PRINT));
        assert_eq!(client.call(PRINT).await.rows().len(), 4);
    }
}

#[tokio::test]
async fn never_done_ends_by_cancel_or_not_at_all() {
    let (router, mut client) = start().await;
    let never =
        |even_after_cancel| Fault::new(FaultKind::NeverDone { even_after_cancel }).on(PRINT);
    router.inject(never(false));
    client.send(&Command::new(PRINT), "t").await;
    for _ in 0..4 {
        assert_eq!(client.next().await.kind, "!re");
    }
    client
        .send(&Command::new("/system/identity/print"), "i")
        .await;
    assert_eq!(
        client.answer("i").await.rows().len(),
        1,
        "nothing of t in between"
    );
    client.send(&command("/cancel", &[("tag", "t")]), "c").await;
    assert_eq!(client.answer("t").await.trap(), "interrupted");

    router.inject(never(true));
    let mut client = Client::admin(&router).await;
    client.send(&Command::new(PRINT).word("?name=a"), "t").await;
    assert_eq!(client.next().await.kind, "!re");
    client.send(&command("/cancel", &[("tag", "t")]), "c").await;
    client.answer("c").await;
    client
        .send(&Command::new("/system/identity/print"), "i")
        .await;
    assert_eq!(client.next().await.tag, "i");
}

#[tokio::test]
async fn answers_can_share_a_packet_or_swap() {
    for (kind, order) in [
        (FaultKind::WithNextReply, ["one", "two"]),
        (FaultKind::AfterNextReply, ["two", "one"]),
    ] {
        let (router, mut client) = start().await;
        router.inject(Fault::new(kind).on(ADD));
        client.send(&command(ADD, &[("name", "x")]), "one").await;
        client
            .send(&command("/system/identity/set", &[("name", "r")]), "two")
            .await;
        let tags = [client.next().await.tag, client.next().await.tag];
        assert_eq!(tags, order);
    }
}

#[tokio::test]
async fn bytes_that_no_router_sends() {
    let (router, mut client) = start().await;
    router.inject(Fault::new(FaultKind::ReservedByte).on(PRINT));
    client.send(&Command::new(PRINT), "t").await;
    assert_eq!(client.read_bytes().await, [0xF8]);
    let mut client = Client::admin(&router).await;
    router.inject(Fault::new(FaultKind::HugeLength).on(PRINT));
    client.send(&Command::new(PRINT), "t").await;
    assert_eq!(client.read_bytes().await, [0xF0, 0xFF, 0xFF, 0xFF, 0xFF]);
    let mut client = Client::admin(&router).await;
    let property = "comment".to_owned();
    router.inject(Fault::new(FaultKind::NonUtf8 { property }).on(PRINT));
    let answer = client.with(PRINT, &[(".id", "a")]).await;
    assert_eq!(answer.row().get("comment"), None);
    assert_eq!(answer.row().bytes("comment"), Some(&b"Caf\xE9 \xFF"[..]));
    assert_eq!(answer.row().get("name"), Some("a"));
}

#[tokio::test]
async fn faults_work_on_the_challenge_login_too() {
    let router = Simulator::builder()
        .version(Version::V6_42)
        .start()
        .await
        .unwrap();
    router.inject(Fault::new(FaultKind::CloseBeforeReply).on("/login"));
    let mut client = Client::connect(&router).await;
    client.send(&Command::new("/login"), "").await;
    assert_eq!(client.try_next().await, None);
}

#[test]
fn a_fault_has_one_form_in_json() {
    let text = r#"{"kind":{"close-mid-row":{"after_rows":2}},"path":"/ip/*"}"#;
    let fault: Fault = serde_json::from_str(text).unwrap();
    assert_eq!(
        fault,
        Fault::new(FaultKind::CloseMidRow { after_rows: 2 }).on("/ip/*")
    );
    let always: Fault = serde_json::from_str(r#"{"kind":"tag-last","times":null}"#).unwrap();
    assert_eq!(always, Fault::new(FaultKind::TagLast).always());
    assert!(serde_json::from_str::<Fault>(r#"{"kind":"tag-last","tims":1}"#).is_err());
}
