//! Connections of clients: login, tags, what comes before and after.

use routeros_proto::command::Command;
use routeros_proto::login::challenge_response;
use routeros_sim::{Fault, FaultKind, Point, Simulator, Version};

use crate::client::{Client, command, login};

#[tokio::test]
async fn the_fifth_failed_login_ends_the_connection() {
    let router = Simulator::builder()
        .account("api", "right")
        .start()
        .await
        .unwrap();
    let mut client = Client::connect(&router).await;
    for _ in 0..4 {
        let answer = client.run(&login("api", "wrong")).await;
        assert_eq!(answer.kinds(), ["!trap", "!done"]);
        assert_eq!(answer.trap(), "invalid user name or password (6)");
    }
    client.send(&login("api", "wrong"), "").await;
    let last = client.next().await;
    assert_eq!(
        (last.kind.as_str(), last.reason.as_str()),
        ("!fatal", "too many commands before login")
    );
    assert_eq!(client.try_next().await, None);
    assert_eq!(router.counters().failed_logins, 5);
}

#[tokio::test]
async fn a_failed_login_may_be_tried_again() {
    let router = Simulator::builder()
        .account("api", "right")
        .start()
        .await
        .unwrap();
    let mut client = Client::connect(&router).await;
    assert_eq!(
        client.call("/login").await.trap(),
        "invalid user name or password (6)"
    );
    client.run(&login("api", "right")).await.ok();
    assert_eq!(router.counters().logins, 1);
}

#[tokio::test]
async fn a_challenge_is_good_once() {
    let router = Simulator::builder()
        .version(Version::V6_42)
        .account_with("api", b"contrase\xF1a", routeros_sim::Policies::full())
        .start()
        .await
        .unwrap();
    let mut client = Client::connect(&router).await;
    let challenge = client.call("/login").await.ret().to_owned();
    assert_eq!(challenge.len(), 32);
    let response = challenge_response(b"contrase\xF1a", challenge.as_bytes()).unwrap();
    let respond = Command::new("/login")
        .attribute("name", "api")
        .attribute("response", response);
    client.run(&respond).await.ok();
    let mut other = Client::connect(&router).await;
    assert_ne!(other.call("/login").await.ret(), challenge);
    assert_eq!(other.run(&respond).await.trap(), "cannot log in");
    assert_eq!(
        other.run(&respond).await.trap(),
        "cannot log in",
        "no challenge left"
    );
}

#[tokio::test]
async fn nothing_works_before_login() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::connect(&router).await;
    client
        .send(&Command::new("/ip/hotspot/user/print"), "1")
        .await;
    let last = client.next().await;
    assert_eq!(
        (last.kind.as_str(), last.reason.as_str(), last.tag.as_str()),
        ("!fatal", "not logged in", "")
    );
    assert_eq!(client.try_next().await, None);
}

#[tokio::test]
async fn words_before_login_are_small() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::connect(&router).await;
    client.send_bytes(&[0xC2, 0x00, 0x00]).await;
    assert_eq!(client.try_next().await, None, "a word of 128 KiB");
    let mut client = Client::admin(&router).await;
    let long = "x".repeat(200_000);
    client
        .with(
            "/ip/hotspot/user/profile/add",
            &[("name", "p"), ("on-login", &long)],
        )
        .await
        .ret();
    assert_eq!(
        router
            .profiles()
            .last()
            .unwrap()
            .get("on-login")
            .map(str::len),
        Some(200_000)
    );
}

#[tokio::test]
async fn a_tls_hello_on_the_plain_port_hangs() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::connect(&router).await;
    client
        .send_bytes(&[
            0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0xFF, 0xFF,
        ])
        .await;
    router
        .until(|counters| counters.open_connections == 1)
        .await;
    // It is still there, silent, when the router closes it.
    router.drop_connections();
    assert_eq!(client.read_bytes().await, b"");
    assert!(
        router
            .transcript()
            .iter()
            .any(|line| line.contains("TLS on the plain port"))
    );
}

#[tokio::test]
async fn quit_says_goodbye() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    client.send(&Command::new("/quit"), "").await;
    assert_eq!(client.next().await.reason, "session terminated on request");
    assert_eq!(client.try_next().await, None);
    router
        .until(|counters| counters.open_connections == 0)
        .await;
    assert!(router.rows("/user/active").is_empty());
}

#[tokio::test]
async fn empty_sentences_are_ignored_and_pieces_put_together() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let mut bytes = vec![0, 0];
    Command::new("/system/identity/print")
        .encode(Some(b"x"), &mut bytes)
        .unwrap();
    for byte in bytes {
        client.send_bytes(&[byte]).await;
    }
    assert_eq!(client.answer("x").await.row().get("name"), Some("MikroTik"));
}

#[tokio::test]
async fn tagged_commands_overtake_each_other() {
    let router = Simulator::builder().start().await.unwrap();
    let slow = router.inject(Fault::new(FaultKind::Hold(Point::Reply)).on("/ip/hotspot/user/add"));
    let mut client = Client::admin(&router).await;
    client
        .send(&command("/ip/hotspot/user/add", &[("name", "ana")]), "slow")
        .await;
    client
        .send(&Command::new("/system/identity/print"), "fast")
        .await;
    assert_eq!(client.answer("fast").await.rows().len(), 1);
    assert!(router.user("ana").is_some(), "executed, not answered");
    assert!(router.release(slow));
    client.answer("slow").await.ret();
}

#[tokio::test]
async fn rows_of_many_commands_interleave() {
    let router = Simulator::builder().start().await.unwrap();
    router.fill_users("u", 20_000).unwrap();
    let mut client = Client::admin(&router).await;
    for tag in ["a", "b"] {
        client
            .send(&Command::new("/ip/hotspot/user/print"), tag)
            .await;
    }
    let mut order = Vec::new();
    let mut done = 0;
    while done < 2 {
        let reply = client.next().await;
        done += usize::from(reply.kind == "!done");
        if order.last() != Some(&reply.tag) {
            order.push(reply.tag);
        }
    }
    assert!(order.len() > 2, "{order:?}");
}

#[tokio::test]
async fn a_long_print_can_be_cancelled() {
    let router = Simulator::builder().start().await.unwrap();
    router.fill_users("u", 50_000).unwrap();
    let mut client = Client::admin(&router).await;
    client
        .send(&Command::new("/ip/hotspot/user/print"), "long")
        .await;
    client
        .send(&command("/cancel", &[("tag", "long")]), "stop")
        .await;
    let mut rows = 0;
    let mut trap = None;
    let mut open = 2;
    while open > 0 {
        let reply = client.next().await;
        match reply.kind.as_str() {
            "!re" => rows += 1,
            "!trap" => trap = Some(reply.message().to_owned()),
            _ => open -= 1,
        }
    }
    assert_eq!(trap.as_deref(), Some("interrupted"));
    assert!(rows < 50_000);
}

#[tokio::test]
async fn round_trips_are_batches_that_waited() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    router.reset_counters();
    client.call("/system/identity/print").await;
    client.call("/system/identity/print").await;
    let mut bytes = Vec::new();
    for tag in ["1", "2", "3"] {
        Command::new("/ip/hotspot/user/print")
            .encode(Some(tag.as_bytes()), &mut bytes)
            .unwrap();
    }
    client.send_bytes(&bytes).await;
    for tag in ["1", "2", "3"] {
        client.answer(tag).await;
    }
    let counters = router.counters();
    assert_eq!(counters.round_trips, 3);
    assert_eq!(counters.round_trips_by_command["/ip/hotspot/user/print"], 1);
    assert_eq!(counters.commands_of("/ip/hotspot/user/print"), 3);
    assert_eq!(counters.all_commands(), 5);
    assert_eq!(counters.writes, 0);
}

#[tokio::test]
async fn a_thousand_sessions_at_once() {
    let router = Simulator::builder()
        .transcript(false)
        .start()
        .await
        .unwrap();
    let mut clients = Vec::new();
    for _ in 0..1000 {
        clients.push(Client::admin(&router).await);
    }
    assert_eq!(router.counters().open_connections, 1000);
    assert_eq!(router.rows("/user/active").len(), 1000);
    for client in &mut clients {
        client
            .send(&Command::new("/system/identity/print"), "x")
            .await;
    }
    for client in &mut clients {
        assert_eq!(client.answer("x").await.rows().len(), 1);
    }
    drop(clients);
    router
        .until(|counters| counters.open_connections == 0)
        .await;
}

#[tokio::test]
async fn the_transcript_shows_no_password() {
    let router = Simulator::builder()
        .account("api", "geheim1")
        .start()
        .await
        .unwrap();
    let mut client = Client::connect(&router).await;
    client.run(&login("api", "geheim1")).await.ok();
    let user = [("name", "x"), ("password", "geheim2")];
    client.with("/ip/hotspot/user/add", &user).await.ret();
    client.call("/ip/hotspot/user/print").await;
    let text = router.transcript().join("\n");
    assert!(
        text.contains("/ip/hotspot/user/add") && text.contains("name=x"),
        "{text}"
    );
    assert!(!text.contains("geheim"), "{text}");
    assert!(!format!("{:?} {:?}", router.user("x"), router).contains("geheim"));
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_closed_all_the_same() {
    let router = Simulator::builder().start().await.unwrap();
    router.fill_users("u", 100_000).unwrap();
    let mut client = Client::admin(&router).await;
    // Far more than the kernel buffers, so that the answer is stuck half way.
    client
        .send(&Command::new("/ip/hotspot/user/print"), "t")
        .await;
    router.until(|counters| counters.all_commands() == 2).await;
    client.send_bytes(&[0xF8]).await;
    router
        .until(|counters| counters.open_connections == 0)
        .await;
}
