//! Connections that are cut, refused or too many; routers without power.

use routeros_proto::command::Command;
use routeros_sim::{Denial, Direction, Fault, FaultKind, Simulator, Unplugged};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, command};

const ADD: &str = "/ip/hotspot/user/add";

#[tokio::test]
async fn cutting_at_every_byte_executes_exactly_the_commands_that_came_whole() {
    let router = Simulator::builder().start().await.unwrap();
    let mut request = Vec::new();
    command(ADD, &[("name", "x")])
        .encode(None, &mut request)
        .unwrap();
    let mut outcomes = Vec::new();
    for bytes in 0.. {
        let mut client = Client::admin(&router).await;
        let cut = router.inject(Fault::cut_after(bytes));
        client.send_bytes(&request).await;
        let reply = client.try_next().await;
        router.clear_fault(cut);
        let added = router.remove("/ip/hotspot/user", "x");
        let sent = u64::try_from(request.len()).unwrap();
        assert_eq!(added, bytes >= sent, "cut after {bytes} of {sent}");
        outcomes.push(reply.is_some());
        if reply.is_some() {
            break;
        }
    }
    // `!done =ret=*N` is 6 + 8 or more bytes with its end.
    assert!(outcomes.len() > request.len() + 14, "{}", outcomes.len());
    assert_eq!(outcomes.iter().filter(|answered| **answered).count(), 1);
}

#[tokio::test]
async fn cuts_can_count_one_direction() {
    for (direction, bytes, added) in [
        (Direction::FromClient, 3, false),
        (Direction::ToClient, 3, true),
        (Direction::ToClient, 0, true),
    ] {
        let router = Simulator::builder().start().await.unwrap();
        let mut client = Client::admin(&router).await;
        let cut = router.inject(Fault::new(FaultKind::CloseAfter { direction, bytes }));
        client.send(&command(ADD, &[("name", "x")]), "").await;
        let seen = client.read_to_end().await;
        let wanted = if direction == Direction::ToClient {
            usize::try_from(bytes).unwrap()
        } else {
            0
        };
        assert_eq!(seen.len(), wanted);
        router
            .until(|counters| counters.open_connections == 0)
            .await;
        assert_eq!(router.user("x").is_some(), added);
        assert_eq!(router.hits(cut), 1);
        // One shot: the next connection lives.
        assert_eq!(
            Client::admin(&router)
                .await
                .call("/system/identity/print")
                .await
                .rows()
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn too_many_sessions_have_three_forms() {
    let router = Simulator::builder().start().await.unwrap();
    router.change_settings(|settings| settings.max_sessions = Some(1));
    let mut first = Client::admin(&router).await;
    let mut over = Client::connect(&router).await;
    assert_eq!(over.read_bytes().await, b"");
    router.change_settings(|settings| settings.over_max_sessions = Denial::Reset);
    let mut over = TcpStream::connect(router.addr()).await.unwrap();
    let error = over.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    router.change_settings(|settings| settings.over_max_sessions = Denial::Fatal);
    let mut over = Client::connect(&router).await;
    assert_eq!(over.next().await.kind, "!fatal");
    assert_eq!(over.try_next().await, None);
    assert_eq!(first.call("/system/identity/print").await.rows().len(), 1);
    assert_eq!(router.counters().denied_connections, 3);
    drop(first);
    router
        .until(|counters| counters.open_connections == 0)
        .await;
    Client::admin(&router).await;
}

#[tokio::test]
async fn an_address_that_is_not_allowed_gets_eof_or_silence() {
    let router = Simulator::builder().start().await.unwrap();
    router.inject(Fault::new(FaultKind::Deny(Denial::Eof)));
    assert_eq!(Client::connect(&router).await.read_bytes().await, b"");
    router.inject(Fault::new(FaultKind::Deny(Denial::Silence)));
    let mut silent = Client::connect(&router).await;
    silent.send(&Command::new("/login"), "").await;
    router
        .until(|counters| counters.denied_connections == 2)
        .await;
    assert_eq!(router.counters().all_commands(), 0);
    router.drop_connections();
    assert_eq!(silent.read_bytes().await, b"");
    Client::admin(&router).await;
}

#[tokio::test]
async fn an_unplugged_router_refuses_and_comes_back_on_the_same_port() {
    let router = Simulator::builder().start().await.unwrap();
    let address = router.addr();
    router.add_user("ana", "", "default").unwrap();
    let mut client = Client::admin(&router).await;
    for _ in 0..3 {
        router.unplug(Unplugged::Refused).await.unwrap();
        assert_eq!(client.read_bytes().await, b"");
        let refused = TcpStream::connect(address).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        router.plug_in().await.unwrap();
        client = Client::admin(&router).await;
    }
    assert_eq!(router.addr(), address);
    assert!(router.user("ana").is_some());
    router.plug_in().await.unwrap();
    assert_eq!(
        client.call("/system/identity/print").await.rows().len(),
        1,
        "had power already"
    );
}

#[tokio::test]
async fn a_silent_router_answers_nothing_until_it_comes_back() {
    let router = Simulator::builder().start().await.unwrap();
    let mut open = Client::admin(&router).await;
    router.unplug(Unplugged::Silent).await.unwrap();
    open.send(&command(ADD, &[("name", "x")]), "").await;
    let mut late = TcpStream::connect(router.addr()).await.unwrap();
    late.write_all(b"\x06/login\x00").await.unwrap();
    router.plug_in().await.unwrap();
    // Both ends were never answered; what was sent into the dark was not executed.
    assert_eq!(open.read_bytes().await, b"");
    assert!(late.read_u8().await.is_err());
    assert!(router.user("x").is_none());
    Client::admin(&router).await;
}

#[tokio::test]
async fn a_stopped_router_frees_its_port() {
    let router = Simulator::builder().start().await.unwrap();
    let address = router.addr();
    let mut client = Client::admin(&router).await;
    router.stop().await;
    assert_eq!(client.read_bytes().await, b"");
    assert!(router.unplug(Unplugged::Refused).await.is_err());
    let again = Simulator::builder().listen(address).start().await.unwrap();
    assert_eq!(again.addr(), address);
    let taken = Simulator::builder()
        .listen(address)
        .start()
        .await
        .unwrap_err();
    assert!(taken.to_string().contains(&address.to_string()));
}

#[tokio::test]
async fn a_dropped_router_stops() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let clone = router.clone();
    drop(router);
    assert_eq!(
        client.call("/system/identity/print").await.rows().len(),
        1,
        "a handle is left"
    );
    drop(clone);
    assert_eq!(client.read_bytes().await, b"");
}
