//! Commands that do not end by themselves, and `/cancel`.

use std::time::Duration;

use routeros_proto::command::Command;
use routeros_sim::{Simulator, Version};

use crate::client::{Client, command};

async fn cancelled(client: &mut Client, tag: &str) {
    client
        .send(&command("/cancel", &[("tag", tag)]), "stop")
        .await;
    let mut ends = [
        client.next().await,
        client.next().await,
        client.next().await,
    ];
    ends.sort_by(|a, b| (&a.tag, &a.kind).cmp(&(&b.tag, &b.kind)));
    let seen: Vec<_> = ends
        .iter()
        .map(|reply| (reply.tag.as_str(), reply.kind.as_str()))
        .collect();
    let mut wanted = [(tag, "!done"), (tag, "!trap"), ("stop", "!done")];
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
    let trap = ends.iter().find(|reply| reply.kind == "!trap").unwrap();
    assert_eq!(trap.message(), "interrupted");
    assert_eq!(trap.get("category"), Some("2"));
}

#[tokio::test]
async fn listen_tells_of_changes_and_of_the_dead() {
    for (version, dead) in [(Version::V6_42, "yes"), (Version::V7_18, "true")] {
        let router = Simulator::builder().version(version).start().await.unwrap();
        let mut client = Client::admin(&router).await;
        let listen = Command::new("/ip/hotspot/user/listen").proplist(&[".id", "name", "disabled"]);
        client.send(&listen, "l").await;
        // A later answer on the same connection proves that the listener is there.
        client
            .send(&Command::new("/system/identity/print"), "i")
            .await;
        client.answer("i").await;
        let id = router.add_user("ana", "", "default").unwrap();
        let row = client.next().await;
        assert_eq!((row.tag.as_str(), row.get("name")), ("l", Some("ana")));
        assert!(router.remove("/ip/hotspot/user", "ana"));
        let row = client.next().await;
        assert_eq!(
            (row.get(".id"), row.get(".dead")),
            (Some(id.as_str()), Some(dead))
        );
        cancelled(&mut client, "l").await;
    }
}

#[tokio::test]
async fn a_listener_hears_what_its_query_lets_through() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let follow = Command::new("/ip/hotspot/user/print")
        .flag("follow-only")
        .word("?name=eva");
    client.send(&follow, "f").await;
    client
        .send(&Command::new("/system/identity/print"), "i")
        .await;
    client.answer("i").await;
    router.add_user("ana", "", "default").unwrap();
    router.add_user("eva", "", "default").unwrap();
    assert_eq!(client.next().await.get("name"), Some("eva"));
}

#[tokio::test]
async fn follow_prints_first_and_sees_sessions_end_by_the_clock() {
    let router = Simulator::builder().start().await.unwrap();
    router.add_host("AA:BB:CC:00:00:01", "10.5.50.20").unwrap();
    router.add_user("ana", "", "1hora").unwrap();
    router
        .portal_login("10.5.50.20".parse().unwrap(), "ana", "")
        .unwrap();
    let mut client = Client::admin(&router).await;
    client
        .send(
            &Command::new("/ip/hotspot/active/print").flag("follow"),
            "f",
        )
        .await;
    assert_eq!(client.next().await.get("user"), Some("ana"));
    router.advance(Duration::from_secs(7_200));
    assert_eq!(client.next().await.get(".dead"), Some("true"));
    cancelled(&mut client, "f").await;
}

#[tokio::test]
async fn an_interval_follows_the_clock() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let print = command(
        "/system/resource/print",
        &[("interval", "5s"), (".proplist", "uptime")],
    );
    client.send(&print, "r").await;
    let first = client.next().await;
    assert_eq!(
        (first.get("uptime"), first.get(".section")),
        (Some("0s"), Some("0"))
    );
    router.advance(Duration::from_secs(4));
    router.advance(Duration::from_secs(1));
    let second = client.next().await;
    assert_eq!(
        (second.get("uptime"), second.get(".section")),
        (Some("5s"), Some("1"))
    );
    cancelled(&mut client, "r").await;
    let bad = client
        .with("/system/resource/print", &[("interval", "0s")])
        .await;
    assert_eq!(bad.trap(), "invalid value for argument interval");
}

#[tokio::test]
async fn cancel_without_a_tag_stops_all_others() {
    let router = Simulator::builder()
        .version(Version::V6_49)
        .start()
        .await
        .unwrap();
    let mut client = Client::admin(&router).await;
    for tag in ["a", "b"] {
        client
            .send(&Command::new("/ip/hotspot/user/listen"), tag)
            .await;
    }
    client.send(&Command::new("/cancel"), "c").await;
    let mut done = Vec::new();
    while done.len() < 3 {
        let reply = client.next().await;
        if reply.kind == "!done" {
            done.push(reply.tag);
        }
    }
    done.sort();
    assert_eq!(done, ["a", "b", "c"]);
    client.with("/cancel", &[("tag", "nobody")]).await.ok();
}

#[tokio::test]
async fn an_untagged_listener_can_be_cancelled_too() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    client
        .send(&Command::new("/ip/hotspot/user/listen"), "")
        .await;
    // Waits behind the listener, which is untagged as well.
    client
        .send(&Command::new("/system/identity/print"), "")
        .await;
    client
        .send(&Command::new("/system/identity/print"), "t")
        .await;
    assert_eq!(client.answer("t").await.rows().len(), 1);
    client.send(&command("/cancel", &[]), "c").await;
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let reply = client.next().await;
        kinds.push(format!("{}{}", reply.kind, reply.tag));
    }
    kinds.sort();
    // The one that waited was among "all others".
    assert_eq!(kinds, ["!done", "!done", "!donec", "!trap", "!trap"]);
}
