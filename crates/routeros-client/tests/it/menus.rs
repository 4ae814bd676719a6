//! Menus, on a connection, on a lease and over a handle that reconnects; what errors tell.

use futures::StreamExt;
use routeros_client::{
    CallErrorKind, Effect, Pool, PoolConfig, Query, ReconnectingClient, Retry, TrapClass,
};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::router::{Done, Re, Router, Trap, kind, options, pair};

#[tokio::test]
async fn a_menu_lists_finds_adds_sets_and_removes() {
    let (client, mut router) = pair().await;
    let play = async {
        let ask = router.expect("/ppp/secret/print").await;
        assert_eq!(ask.attribute(".proplist").unwrap(), "name,.id");
        router
            .answer(&ask, Re, &[("name", "ana"), (".id", "*1")])
            .await;
        router.answer(&ask, Done, &[]).await;
        let ask = router.expect("/ppp/secret/print").await;
        router.answer(&ask, Done, &[]).await;
        let ask = router.expect("/ppp/secret/print").await;
        assert!(ask.attribute("count-only").is_some());
        router.answer(&ask, Done, &[("ret", "7")]).await;
        let ask = router.expect("/ppp/secret/add").await;
        assert_eq!(ask.attribute("name").unwrap(), "eva");
        router.answer(&ask, Done, &[("ret", "*2")]).await;
        for (verb, value) in [("set", Some("x")), ("disable", None), ("remove", None)] {
            let ask = router.expect(&format!("/ppp/secret/{verb}")).await;
            assert_eq!(ask.attribute(".id").unwrap(), "*2");
            assert_eq!(ask.attribute("comment").as_deref(), value);
            router.answer(&ask, Done, &[]).await;
        }
        let ask = router.expect("/ppp/secret/add").await;
        router.answer(&ask, Done, &[]).await;
    };
    let calls = async {
        let secrets = client.menu("/ppp/secret");
        let ana = secrets
            .filter(Query::equal("name", "ana"))
            .properties(&["name", ".id"]);
        assert_eq!(
            ana.find().await.unwrap().unwrap().text("name").unwrap(),
            "ana"
        );
        assert!(secrets.list().await.unwrap().is_empty());
        assert_eq!(secrets.count().await.unwrap(), 7);
        let id = secrets.add([("name", "eva")]).await.unwrap();
        assert_eq!(id, "*2");
        secrets.set(&id, [("comment", "x")]).await.unwrap();
        secrets.disable(&id).await.unwrap();
        secrets.remove(&id).await.unwrap();
        let nameless = secrets.add([("name", "eva")]).await;
        assert!(matches!(kind(nameless), Err(CallErrorKind::NoId)));
    };
    tokio::join!(play, calls);
}

#[tokio::test]
async fn rows_of_a_menu_are_a_stream_of_futures() {
    let (client, mut router) = pair().await;
    let play = async {
        let ask = router.expect("/log/listen").await;
        for number in ["1", "2"] {
            router.answer(&ask, Re, &[("number", number)]).await;
        }
        router.answer(&ask, Done, &[]).await;
    };
    let calls = async {
        let rows = client.menu("/log").listen().await.unwrap();
        let numbers: Vec<u32> = rows
            .map(|row| row.unwrap().parse::<u32>("number").unwrap())
            .collect()
            .await;
        assert_eq!(numbers, [1, 2]);
    };
    tokio::join!(play, calls);
}

#[tokio::test]
async fn rows_of_a_menu_come_as_types_and_errors_name_the_property() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Interface {
        name: String,
        mtu: Option<u16>,
    }
    let (client, mut router) = pair().await;
    let play = async {
        for mtu in ["1500", "hunter2"] {
            let ask = router.expect("/interface/print").await;
            let row = [("name", "ether1"), ("mtu", mtu)];
            router.answer(&ask, Re, &row).await;
            router.answer(&ask, Done, &[]).await;
        }
    };
    let calls = async {
        let interfaces = client.menu("/interface");
        let ether1 = Interface {
            name: "ether1".to_owned(),
            mtu: Some(1500),
        };
        assert_eq!(interfaces.list_as::<Interface>().await.unwrap(), [ether1]);
        let error = interfaces.list_as::<Interface>().await.unwrap_err();
        assert!(matches!(error.kind(), CallErrorKind::UnexpectedRow(_)));
        let text = error.to_string();
        assert!(
            text.contains("`mtu`") && text.contains("/interface/print"),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    };
    tokio::join!(play, calls);
}

/// A real port whose routers answer so many commands and then close.
async fn short_lived(answers: usize) -> (routeros_client::ConnectOptions, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options();
    options.port = listener.local_addr().unwrap().port();
    assert!(answers > 0);
    (options, listener)
}

#[tokio::test]
async fn errors_name_the_command_and_the_router() {
    let (options, listener) = short_lived(1).await;
    let address = listener.local_addr().unwrap();
    let play = async {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut router = Router::new(tcp);
        router.let_in().await;
        let ask = router.expect("/ip/address/print").await;
        router
            .answer(&ask, Trap, &[("message", "not enough permissions (9)")])
            .await;
        router.answer(&ask, Done, &[]).await;
    };
    let calls = async {
        let client = routeros_client::connect(options).await.unwrap();
        let error = client.menu("/ip/address").list().await.unwrap_err();
        assert_eq!(
            (error.command(), error.peer()),
            ("/ip/address/print", Some(address))
        );
        assert_eq!(error.trap_class(), Some(TrapClass::Permission));
        let text = error.to_string();
        assert!(
            text.contains("/ip/address/print") && text.contains(&address.to_string()),
            "{text}"
        );
        assert!(format!("{error:?}").contains("/ip/address/print"));
    };
    tokio::join!(play, calls);
    let mut closed = crate::router::options();
    closed.port = 1;
    let error = routeros_client::connect(closed).await.unwrap_err();
    assert!(error.to_string().starts_with("127.0.0.1:1: "), "{error}");
}

#[tokio::test]
async fn a_lease_does_what_a_client_does_and_the_pool_hears_of_it() {
    let (options, listener) = short_lived(1).await;
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut router = Router::new(tcp);
                router.let_in().await;
                while let Some(ask) = router.ask().await {
                    let ret = [("ret", "*1")];
                    router.answer(&ask, Re, &[("name", "a")]).await;
                    router.answer(&ask, Done, &ret).await;
                }
            });
        }
    });
    let config = PoolConfig::default().with_max_leases(1);
    let pool: Pool<u8> = Pool::new(config, Handle::current(), std::sync::Arc::new(|| 7));
    let soon = || Instant::now() + std::time::Duration::from_millis(100);
    let lease = pool
        .lease(&1, 1, soon(), || Ok(options.clone()))
        .await
        .unwrap();
    assert_eq!(lease.menu("/a").add([("name", "a")]).await.unwrap(), "*1");
    assert!(lease.peer().is_some() && lease.end().is_none());
    let rows = lease.menu("/a").stream().await.unwrap();
    // The place is given back with the last of lease, clones and streams.
    let clone = (*lease).clone();
    drop(lease);
    drop(clone);
    let full = pool.lease(&1, 1, soon(), || Ok(options.clone())).await;
    assert!(full.is_err());
    drop(rows);
    pool.lease(&1, 1, soon(), || Ok(options)).await.unwrap();
}

#[tokio::test]
async fn a_reconnecting_handle_repeats_reads_but_no_write_that_may_have_arrived() {
    let (options, listener) = short_lived(1).await;
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        // Three connections that end when a command has come, then a good one.
        for number in 0.. {
            let (tcp, _) = listener.accept().await.unwrap();
            let mut router = Router::new(tcp);
            router.let_in().await;
            while let Some(ask) = router.ask().await {
                seen.push(ask.path.clone());
                if ask.path == "/quit" {
                    return seen;
                }
                if number < 3 {
                    break;
                }
                router.answer(&ask, Done, &[("ret", "*1")]).await;
            }
        }
        seen
    });
    let retry = Retry::default()
        .with_tries(3)
        .with_pauses(std::time::Duration::ZERO, std::time::Duration::ZERO);
    let router = ReconnectingClient::with_retry(options, retry);
    let add = router.menu("/a").add([("name", "a")]).await.unwrap_err();
    assert_eq!(add.effect(), Effect::Unknown);
    router.menu("/a").list().await.unwrap();
    router.menu("/a").add([("name", "a")]).await.unwrap();
    let quit = routeros_client::Command::new("/quit");
    router.execute(quit).await.unwrap_err();
    let seen = seen.await.unwrap();
    assert_eq!(
        seen,
        [
            "/a/add", "/a/print", "/a/print", "/a/print", "/a/add", "/quit"
        ]
    );
}

#[tokio::test]
async fn a_reconnecting_handle_says_why_there_is_no_connection() {
    let mut closed = options();
    closed.port = 1;
    let retry = Retry::default().with_pauses(std::time::Duration::ZERO, std::time::Duration::ZERO);
    let router = ReconnectingClient::with_retry(closed, retry);
    let error = router.menu("/a").add([("name", "a")]).await.unwrap_err();
    assert_eq!(error.effect(), Effect::None);
    let CallErrorKind::NotConnected(why) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(why.diagnosis(), &routeros_client::Diagnosis::Refused);
}
