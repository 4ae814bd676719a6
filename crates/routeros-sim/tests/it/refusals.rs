//! Every trap with the text and category of a router.

use routeros_proto::command::Command;
use routeros_sim::{Policies, Simulator, Version};

use crate::client::{Client, login};

async fn start(version: Version) -> (Simulator, Client) {
    let router = Simulator::builder().version(version).start().await.unwrap();
    let client = Client::admin(&router).await;
    (router, client)
}

/// Command, attributes, message, category.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, Option<&'a str>);

const ADD: &str = "/ip/hotspot/user/add";

async fn refuse(client: &mut Client, cases: &[Case<'_>]) {
    for (path, attributes, message, category) in cases {
        let answer = client.with(path, attributes).await;
        assert_eq!(answer.kinds(), ["!trap", "!done"], "{path} {attributes:?}");
        assert_eq!(answer.trap(), *message, "{path} {attributes:?}");
        let given = answer.0[0].get("category");
        assert_eq!(given, *category, "{path} {attributes:?}");
    }
}

#[tokio::test]
async fn refusals_read_as_on_a_router() {
    let (router, mut client) = start(Version::V7_18).await;
    let cases: &[Case<'_>] = &[
        ("/ip/adress/print", &[], "no such command prefix", Some("0")),
        ("/ip/hotspot/user/prinnt", &[], "no such command", Some("0")),
        ("/ip/print", &[], "no such command", Some("0")),
        ("/nonsense", &[], "no such command", Some("0")),
        (
            "/ip/service/remove",
            &[(".id", "*1")],
            "no such command",
            Some("0"),
        ),
        (
            ADD,
            &[("name", "x"), ("colour", "red")],
            "unknown parameter colour",
            None,
        ),
        (
            ADD,
            &[("name", "x"), ("uptime", "1h")],
            "unknown parameter uptime",
            None,
        ),
        (
            ADD,
            &[("password", "x")],
            "missing value(s) of argument(s) name",
            None,
        ),
        (
            "/ip/hotspot/user/set",
            &[(".id", "*77"), ("comment", "")],
            "no such item",
            Some("0"),
        ),
        (
            "/ip/hotspot/user/set",
            &[(".id", "nobody"), ("comment", "")],
            "no such item",
            Some("0"),
        ),
        (
            "/ip/hotspot/user/set",
            &[("comment", "")],
            "missing value(s) of argument(s) numbers",
            None,
        ),
        (
            "/ip/hotspot/user/print",
            &[("wher", "")],
            "unknown parameter wher",
            None,
        ),
    ];
    refuse(&mut client, cases).await;
    assert!(router.users().is_empty());
}

#[tokio::test]
async fn values_are_refused_as_on_a_router() {
    let (router, mut client) = start(Version::V7_18).await;
    router.add_profile("2horas", &[]).unwrap();
    router.add_profile("2dias", &[]).unwrap();
    let cases: &[Case<'_>] = &[
        (
            ADD,
            &[("name", "x"), ("profile", "nope")],
            "input does not match any value of profile",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("profile", "")],
            "input does not match any value of profile",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("server", "nope")],
            "input does not match any value of server",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("profile", "2")],
            "ambiguous value of profile, more than one possible value matches input",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("mac-address", "aa:bb")],
            "invalid value of mac-address, mac address required",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("limit-uptime", "soon")],
            "invalid value for argument limit-uptime",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("address", "10.0.0.300")],
            "invalid value for argument address",
            Some("1"),
        ),
        (
            ADD,
            &[("name", "x"), ("disabled", "maybe")],
            "invalid value for argument disabled",
            Some("1"),
        ),
        (
            "/ip/hotspot/ip-binding/add",
            &[("type", "odd")],
            "input does not match any value of type",
            Some("1"),
        ),
    ];
    refuse(&mut client, cases).await;
    assert!(router.users().is_empty());
}

#[tokio::test]
async fn a_start_of_one_name_is_enough_unless_switched_off() {
    let (router, mut client) = start(Version::V7_18).await;
    let add = |name| [("name", name), ("profile", "1h")];
    client.with("/ip/hotspot/user/add", &add("x")).await.ret();
    assert_eq!(router.user("x").unwrap().get("profile"), Some("1hora"));
    router.change_settings(|settings| settings.shortened_references = false);
    let answer = client.with("/ip/hotspot/user/add", &add("y")).await;
    assert_eq!(answer.trap(), "input does not match any value of profile");
}

#[tokio::test]
async fn v6_does_not_name_the_parameter_and_has_no_otp() {
    let (_router, mut client) = start(Version::V6_49).await;
    let add = [("name", "x"), ("otp-secret", "s")];
    assert_eq!(
        client.with("/ip/hotspot/user/add", &add).await.trap(),
        "unknown parameter"
    );
    let cookie = [("user", "x"), ("mac-address", "AA:BB:CC:DD:EE:FF")];
    assert_eq!(
        client.with("/ip/hotspot/cookie/add", &cookie).await.trap(),
        "no such command"
    );
}

#[tokio::test]
async fn cookies_can_be_added_on_v7_unless_switched_off() {
    let (router, mut client) = start(Version::V7_17).await;
    router.add_user("x", "", "default").unwrap();
    let cookie = [("user", "x"), ("mac-address", "AA:BB:CC:DD:EE:FF")];
    client.with("/ip/hotspot/cookie/add", &cookie).await.ret();
    assert_eq!(router.cookies()[0].get("expires-in"), Some("3d"));
    router.change_settings(|settings| settings.cookie_add = false);
    assert_eq!(
        client.with("/ip/hotspot/cookie/add", &cookie).await.trap(),
        "no such command"
    );
}

#[tokio::test]
async fn policies_decide_what_a_session_may_do() {
    let router = Simulator::builder()
        .account_with("boss", "b", Policies::full())
        .account_with("seller", "s", Policies::operator())
        .account_with("reader", "r", Policies::read_only())
        .account_with("web", "w", Policies::parse("read,write"))
        .start()
        .await
        .unwrap();
    router.add_user("x", "secreta", "default").unwrap();
    let print = Command::new("/ip/hotspot/user/print").query_equal("name", "x");
    let by_password = Command::new("/ip/hotspot/user/print").query_equal("password", "secreta");
    for (user, password, sees, writes) in [
        ("boss", "b", true, true),
        ("seller", "s", false, true),
        ("reader", "r", false, false),
    ] {
        let mut client = Client::connect(&router).await;
        client.run(&login(user, password)).await.ok();
        let row = client.run(&print).await;
        assert_eq!(
            row.row().get("password"),
            sees.then_some("secreta"),
            "{user}"
        );
        let rows = client.run(&by_password).await.rows().len();
        assert_eq!(
            rows,
            usize::from(sees),
            "{user} must not learn it by asking"
        );
        let add = client.with("/ip/hotspot/user/add", &[("name", user)]).await;
        if writes {
            add.ret();
        } else {
            assert_eq!(add.trap(), "not enough permissions (9)");
        }
    }
    let mut client = Client::connect(&router).await;
    let refused = client.run(&login("web", "w")).await;
    assert_eq!(refused.trap(), "not enough permissions (9)");
}

#[tokio::test]
async fn device_mode_can_block_the_hotspot() {
    let (router, mut client) = start(Version::V7_18).await;
    router
        .set("/system/device-mode", "", &[("hotspot", "no")])
        .unwrap();
    let add = client.with("/ip/hotspot/user/add", &[("name", "x")]).await;
    assert_eq!(add.trap(), "failure: not allowed by device-mode");
    assert_eq!(client.call("/ip/hotspot/user/print").await.rows().len(), 1);
}
