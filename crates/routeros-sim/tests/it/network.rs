//! Menus and commands for people who sell no WiFi, and those that a test declares.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use routeros_client::{
    ConnectOptions, Effect, Query, ReconnectingClient, Retry, TrapClass, connect,
};
use routeros_sim::{Answer, MenuSpec, PropertySpec, Simulator, Version};
use tokio::task::JoinSet;

fn options(router: &Simulator) -> ConnectOptions {
    ConnectOptions::new("127.0.0.1", router.addr().port(), "admin", "")
}

#[tokio::test]
async fn addresses_know_their_network_and_interface() {
    let router = Simulator::builder().start().await.unwrap();
    let client = connect(options(&router)).await.unwrap();
    let addresses = client.menu("/ip/address");
    let wrong = [("address", "10.0.0.300/24"), ("interface", "ether1")];
    let error = addresses.add(wrong).await.unwrap_err();
    assert_eq!(error.trap_class(), Some(TrapClass::BadValue));
    let nowhere = [("address", "10.0.0.3/24"), ("interface", "ether9")];
    assert!(addresses.add(nowhere).await.is_err());
    let good = [("address", "10.0.0.77/26"), ("interface", "ether1")];
    let id = addresses.add(good).await.unwrap();
    let row = addresses.filter(Query::equal(".id", &id)).find().await;
    let row = row.unwrap().unwrap();
    assert_eq!(row.text("network").unwrap(), "10.0.0.64");
    assert_eq!(row.text("actual-interface").unwrap(), "ether1");
}

#[tokio::test]
async fn a_bounded_ping_ends_by_itself_and_nobody_answers_for_test_addresses() {
    let router = Simulator::builder().start().await.unwrap();
    let client = connect(options(&router)).await.unwrap();
    let ping = |address| {
        let arguments = [("address", address), ("count", "3")];
        let client = client.clone();
        async move { client.menu("").call("ping", arguments).await }
    };
    let reply = ping("10.0.0.1").await.unwrap();
    assert_eq!(reply.rows().len(), 3);
    assert_eq!(reply.rows()[2].parse::<u32>("received").unwrap(), 3);
    let reply = ping("192.0.2.1").await.unwrap();
    assert_eq!(reply.rows()[0].text("status").unwrap(), "timeout");
    assert!(ping("nonsense").await.is_err());
}

#[tokio::test]
async fn every_version_has_the_menus() {
    for version in Version::ALL {
        let router = Simulator::builder().version(version).start().await.unwrap();
        let client = connect(options(&router)).await.unwrap();
        for menu in [
            "/ppp/secret",
            "/queue/simple",
            "/log",
            "/system/script",
            "/file",
        ] {
            assert!(
                client.menu(menu).list().await.unwrap().is_empty(),
                "{version} {menu}"
            );
        }
        assert_eq!(client.menu("/ip/address").count().await.unwrap(), 1);
        assert_eq!(client.menu("/ppp/profile").count().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_test_declares_menus_and_commands_of_its_own() {
    let netwatch = MenuSpec::table("/tool/netwatch")
        .property(PropertySpec::text("name").required())
        .property(PropertySpec::address("host"))
        .property(
            PropertySpec::choice("status", &["up", "down"])
                .read_only()
                .preset("down"),
        )
        .unique_names();
    let wol = |call: &routeros_sim::Call| match call.get("mac") {
        Some(mac) => Answer::done().row(&[("woken", mac)]).ret("ok"),
        None => Answer::refused("missing value(s) of argument(s) mac"),
    };
    let scan = |_: &routeros_sim::Call| {
        Answer::done()
            .row(&[("ssid", "a")])
            .row(&[("ssid", "b")])
            .every(Duration::from_secs(1))
    };
    let router = Simulator::builder()
        .menu(netwatch)
        .menu(MenuSpec::single("/snmp").property(PropertySpec::boolean("enabled").preset("false")))
        .command("/tool/wol", wol)
        .command("/interface/wireless/scan", scan)
        .start()
        .await
        .unwrap();
    let client = connect(options(&router)).await.unwrap();
    let menu = client.menu("/tool/netwatch");
    let id = menu
        .add([("name", "a"), ("host", "10.0.0.1")])
        .await
        .unwrap();
    let again = menu.add([("name", "a")]).await.unwrap_err();
    assert_eq!(again.trap_class(), Some(TrapClass::Duplicate));
    assert!(menu.add([("name", "b"), ("host", "x")]).await.is_err());
    assert!(
        menu.set(&id, [("status", "up")]).await.is_err(),
        "read-only"
    );
    router
        .set("/tool/netwatch", "a", &[("status", "up")])
        .unwrap();
    let row = menu.find().await.unwrap().unwrap();
    assert_eq!(row.text("status").unwrap(), "up");
    client
        .menu("/snmp")
        .configure([("enabled", "yes")])
        .await
        .unwrap();
    assert!(router.rows("/snmp")[0].is("enabled"));
    let reply = client
        .menu("/tool")
        .call("wol", [("mac", "x")])
        .await
        .unwrap();
    assert_eq!(reply.rows()[0].text("woken").unwrap(), "x");
    assert_eq!(reply.ret().unwrap(), "ok");
    let scan = routeros_client::Command::new("/interface/wireless/scan");
    let mut rows = client
        .stream(scan, routeros_client::StreamOptions::listen())
        .await
        .unwrap();
    for ssid in ["a", "b", "a"] {
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.text("ssid").unwrap(), ssid);
        router.advance(Duration::from_secs(1));
    }
    rows.cancel().await.unwrap();
}

/// Stands between a client and a router and cuts the first connection that carries more than
/// `budget` bytes, both ways together.
fn cutting_proxy(router: u16, budget: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let left = Arc::new(AtomicUsize::new(budget));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", router)) else {
                return;
            };
            let ways = [
                (client.try_clone(), server.try_clone()),
                (server.try_clone(), client.try_clone()),
            ];
            for (from, to) in ways {
                let (Ok(from), Ok(to)) = (from, to) else {
                    return;
                };
                let left = Arc::clone(&left);
                thread::spawn(move || carry(from, to, &left));
            }
        }
    });
    port
}

fn carry(mut from: TcpStream, mut to: TcpStream, left: &AtomicUsize) {
    let mut byte = [0];
    while let Ok(1) = from.read(&mut byte) {
        // At one the connection is cut; from zero on all pass.
        let before = left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
            Some(left.saturating_sub(1))
        });
        if before == Ok(1) || to.write_all(&byte).is_err() {
            break;
        }
    }
    drop(from.shutdown(std::net::Shutdown::Both));
    drop(to.shutdown(std::net::Shutdown::Both));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_at_every_byte_reads_succeed_and_no_add_happens_twice() {
    let router = Simulator::builder()
        .transcript(false)
        .start()
        .await
        .unwrap();
    let port = router.addr().port();
    // Longer than login, add and print together.
    let mut budgets = 1..280;
    let mut running = JoinSet::new();
    loop {
        while running.len() < 16
            && let Some(budget) = budgets.next()
        {
            running.spawn(add_and_list(port, budget));
        }
        match running.join_next().await {
            Some(done) => done.unwrap(),
            None => break,
        }
    }
    let rows = router.rows("/ip/address");
    assert!(rows.len() > 20, "many adds arrived: {}", rows.len());
}

/// Adds something that may be there any number of times, then looks for it.
async fn add_and_list(router: u16, budget: usize) {
    let port = cutting_proxy(router, budget);
    let options = ConnectOptions::new("127.0.0.1", port, "admin", "");
    let retry = Retry::default().with_pauses(Duration::ZERO, Duration::ZERO);
    let client = ReconnectingClient::with_retry(options, retry);
    let comment = format!("number {budget}");
    let addresses = client.menu("/ip/address");
    let item = [
        ("address", "10.0.0.1/24"),
        ("interface", "ether1"),
        ("comment", &comment),
    ];
    let added = addresses.add(item).await;
    let mine = addresses.filter(Query::equal("comment", &comment));
    let rows = mine.properties(&["comment"]).list().await.unwrap();
    match added {
        Ok(_) => assert_eq!(rows.len(), 1, "{budget}"),
        Err(error) => {
            // Nobody knows, and the caller was told so; a second add was never sent.
            assert_eq!(error.effect(), Effect::Unknown, "{budget}: {error}");
            assert!(rows.len() <= 1, "{budget}");
        }
    }
}
