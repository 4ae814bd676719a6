//! Commands that change items.

use routeros_sim::Simulator;

use crate::client::Client;

const USER: &str = "/ip/hotspot/user";

async fn start() -> (Simulator, Client) {
    let router = Simulator::builder().start().await.unwrap();
    let client = Client::admin(&router).await;
    (router, client)
}

#[tokio::test]
async fn several_items_are_named_by_id_or_name() {
    let (router, mut client) = start().await;
    for name in ["a", "b", "c"] {
        router.add_user(name, "", "default").unwrap();
    }
    client
        .with("/ip/hotspot/user/disable", &[("numbers", "*1,b")])
        .await
        .ok();
    let disabled = |name: &str| router.user(name).unwrap().is("disabled");
    assert_eq!(["a", "b", "c"].map(disabled), [true, true, false]);
    client
        .with("/ip/hotspot/user/enable", &[(".id", "a")])
        .await
        .ok();
    assert!(!disabled("a"));
    let gone = client
        .with("/ip/hotspot/user/remove", &[(".id", "*1,*99")])
        .await;
    assert_eq!(gone.trap(), "no such item");
    assert_eq!(gone.0[0].get("category"), Some("0"));
    assert_eq!(router.users().len(), 3, "all or nothing");
    client
        .with("/ip/hotspot/user/remove", &[(".id", "*1,*2,*3")])
        .await
        .ok();
    assert!(router.users().is_empty());
}

#[tokio::test]
async fn ids_are_never_used_again() {
    let (_router, mut client) = start().await;
    let first = client
        .with("/ip/hotspot/user/add", &[("name", "x")])
        .await
        .ret()
        .to_owned();
    client
        .with("/ip/hotspot/user/remove", &[(".id", &first)])
        .await
        .ok();
    let second = client
        .with("/ip/hotspot/user/add", &[("name", "x")])
        .await
        .ret()
        .to_owned();
    assert_ne!(first, second);
}

#[tokio::test]
async fn values_are_stored_in_canonical_form() {
    let (router, mut client) = start().await;
    let values = [
        ("name", "x"),
        ("limit-uptime", "1d00:90:00"),
        ("mac-address", "aa-bb-cc-dd-ee-ff"),
        ("limit-bytes-total", "10M"),
        ("disabled", "yes"),
    ];
    let bad = client.with("/ip/hotspot/user/add", &values).await;
    assert_eq!(bad.trap(), "invalid value for argument limit-uptime");
    let values = values.map(|(name, value)| {
        (
            name,
            if name == "limit-uptime" {
                "1d01:30:00"
            } else {
                value
            },
        )
    });
    client.with("/ip/hotspot/user/add", &values).await.ret();
    let user = router.user("x").unwrap();
    assert_eq!(user.get("limit-uptime"), Some("1d1h30m"));
    assert_eq!(user.get("mac-address"), Some("AA:BB:CC:DD:EE:FF"));
    assert_eq!(user.get("limit-bytes-total"), Some("10000000"));
    assert_eq!(user.get("disabled"), Some("true"));
}

#[tokio::test]
async fn empty_and_unset_differ() {
    let (router, mut client) = start().await;
    router
        .add(
            USER,
            &[("name", "x"), ("comment", "reserva"), ("email", "a@b")],
        )
        .unwrap();
    client
        .with(
            "/ip/hotspot/user/set",
            &[(".id", "*1"), ("comment", ""), ("disabled", "no")],
        )
        .await
        .ok();
    assert_eq!(router.user("x").unwrap().get("comment"), Some(""));
    client
        .with("/ip/hotspot/user/set", &[(".id", "*1"), ("!comment", "")])
        .await
        .ok();
    assert_eq!(router.user("x").unwrap().get("comment"), None);
    client
        .with(
            "/ip/hotspot/user/unset",
            &[(".id", "*1"), ("value-name", "email")],
        )
        .await
        .ok();
    assert_eq!(router.user("x").unwrap().get("email"), None);
}

#[tokio::test]
async fn a_renamed_profile_keeps_its_users_and_a_removed_one_leaves_its_id() {
    let (router, mut client) = start().await;
    router.add_profile("dia", &[]).unwrap();
    router.add_user("x", "", "dia").unwrap();
    client
        .with(
            "/ip/hotspot/user/profile/set",
            &[(".id", "dia"), ("name", "24h")],
        )
        .await
        .ok();
    assert_eq!(router.user("x").unwrap().get("profile"), Some("24h"));
    client
        .with("/ip/hotspot/user/profile/remove", &[(".id", "24h")])
        .await
        .ok();
    assert!(
        router
            .user("x")
            .unwrap()
            .get("profile")
            .unwrap()
            .starts_with('*')
    );
    let kept = client
        .with("/ip/hotspot/user/profile/remove", &[(".id", "default")])
        .await;
    assert_eq!(kept.trap(), "failure: default item can not be removed");
}

#[tokio::test]
async fn names_are_unique_per_server() {
    let (router, mut client) = start().await;
    router
        .add(
            "/ip/hotspot",
            &[("name", "hotspot2"), ("interface", "ether2")],
        )
        .unwrap();
    let duplicate = "failure: already have user with this name for this server";
    client
        .with(
            "/ip/hotspot/user/add",
            &[("name", "x"), ("server", "hotspot1")],
        )
        .await
        .ret();
    client
        .with(
            "/ip/hotspot/user/add",
            &[("name", "x"), ("server", "hotspot2")],
        )
        .await
        .ret();
    let again = client
        .with(
            "/ip/hotspot/user/add",
            &[("name", "x"), ("server", "hotspot1")],
        )
        .await;
    assert_eq!(again.trap(), duplicate);
    assert_eq!(again.0[0].get("category"), None);
    assert_eq!(
        client
            .with("/ip/hotspot/user/add", &[("name", "x")])
            .await
            .trap(),
        duplicate
    );
    client
        .with("/ip/hotspot/user/add", &[("name", "y")])
        .await
        .ret();
    let rename = [(".id", "y"), ("name", "x")];
    assert_eq!(
        client.with("/ip/hotspot/user/set", &rename).await.trap(),
        duplicate
    );
    client
        .with("/ip/hotspot/user/set", &[(".id", "y"), ("name", "y")])
        .await
        .ok();
    let profile = client
        .with("/ip/hotspot/user/profile/add", &[("name", "1hora")])
        .await;
    assert_eq!(
        profile.trap(),
        "failure: item with such name already exists"
    );
}

#[tokio::test]
async fn bindings_have_an_order() {
    let (router, mut client) = start().await;
    for address in ["10.0.0.1", "10.0.0.2", "10.0.0.3"] {
        client
            .with("/ip/hotspot/ip-binding/add", &[("address", address)])
            .await
            .ret();
    }
    let order = || -> Vec<String> {
        let rows = router.rows("/ip/hotspot/ip-binding");
        rows.iter().map(|row| row.id().to_owned()).collect()
    };
    client
        .with(
            "/ip/hotspot/ip-binding/move",
            &[("numbers", "*3"), ("destination", "*1")],
        )
        .await
        .ok();
    assert_eq!(order(), ["*3", "*1", "*2"]);
    client
        .with("/ip/hotspot/ip-binding/move", &[("numbers", "*3")])
        .await
        .ok();
    assert_eq!(order(), ["*1", "*2", "*3"]);
}

#[tokio::test]
async fn walled_garden_and_interfaces_work_alike() {
    let (router, mut client) = start().await;
    let host = [("dst-host", "*.conekta.com"), ("action", "allow")];
    client
        .with("/ip/hotspot/walled-garden/add", &host)
        .await
        .ret();
    client
        .with(
            "/ip/hotspot/walled-garden/ip/add",
            &[("dst-address", "1.1.1.1")],
        )
        .await
        .ret();
    assert_eq!(
        router.rows("/ip/hotspot/walled-garden")[0].get("dst-host"),
        Some("*.conekta.com")
    );
    let interfaces = client.call("/interface/print").await;
    assert_eq!(interfaces.rows().len(), 3);
    let services = client.call("/ip/service/print").await;
    assert_eq!(services.rows()[0].get("max-sessions"), Some("20"));
    let sessions = client.call("/user/active/print").await;
    assert_eq!(sessions.row().get("name"), Some("admin"));
}

#[tokio::test]
async fn the_library_refuses_the_duplicates_that_the_api_refuses() {
    let router = start().await.0;
    router.add_user("a", "", "default").unwrap();
    assert!(router.add_user("a", "", "default").is_err());
    assert!(
        router
            .add("/ip/hotspot/user", &[("name", "a"), ("server", "hotspot1")])
            .is_err()
    );
    assert!(router.add_profile("1hora", &[]).is_err());
    router.add_user("b", "", "default").unwrap();
    assert!(
        router
            .set("/ip/hotspot/user", "b", &[("name", "a")])
            .is_err()
    );
    assert_eq!(router.users().len(), 2);
}

#[tokio::test]
async fn filling_up_makes_no_second_user_of_a_name() {
    let (router, _client) = start().await;
    router.fill_users("u", 3).unwrap();
    assert!(router.fill_users("u", 3).is_err());
    assert_eq!(router.users().len(), 3);
}
