//! Customers: logging in, limits, cookies, all on the test's clock.

use std::net::IpAddr;
use std::time::Duration;

use routeros_sim::{Simulator, Version};

use crate::client::{Answer, Client};

const LOGIN: &str = "/ip/hotspot/active/login";
const MAC: &str = "AA:BB:CC:00:00:01";
const IP: &str = "10.5.50.20";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn start(version: Version) -> (Simulator, Client) {
    let router = Simulator::builder().version(version).start().await.unwrap();
    router.add_host(&MAC.to_lowercase(), IP).unwrap();
    router.add_host("AA:BB:CC:00:00:02", "10.5.50.21").unwrap();
    router.add_user("ana", "clave", "1hora").unwrap();
    let client = Client::admin(&router).await;
    (router, client)
}

async fn log_in(client: &mut Client, ip: &str) -> Answer {
    client
        .with(LOGIN, &[("ip", ip), ("user", "ana"), ("password", "clave")])
        .await
}

#[tokio::test]
async fn a_known_host_is_logged_in_and_its_session_runs_on_the_clock() {
    let (router, mut client) = start(Version::V7_18).await;
    log_in(&mut client, IP).await.ok();
    router.advance(Duration::from_secs(600));
    let active = client.call("/ip/hotspot/active/print").await;
    let row = active.row();
    assert_eq!(row.get("user"), Some("ana"));
    assert_eq!(row.get("address"), Some(IP));
    assert_eq!(row.get("mac-address"), Some(MAC));
    assert_eq!(row.get("login-by"), Some("http-pap"));
    assert_eq!(row.get("server"), Some("hotspot1"));
    assert_eq!(row.get("uptime"), Some("10m"));
    assert_eq!(row.get("session-time-left"), Some("50m"));
    assert!(router.hosts()[0].is("authorized"));
    assert!(!router.hosts()[1].is("authorized"));
    router.advance(Duration::from_secs(3060));
    assert!(router.active().is_empty(), "session-timeout of the profile");
    assert_eq!(
        router.user("ana").unwrap().get("uptime"),
        Some("1h"),
        "not 61 minutes"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (_router, mut client) = start(Version::V7_18).await;
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[("user", "ana"), ("password", "clave")],
            "missing value(s) of argument(s) ip",
        ),
        (
            &[("ip", IP), ("password", "clave")],
            "missing value(s) of argument(s) user",
        ),
        (
            &[("ip", "10.5.50"), ("user", "ana")],
            "invalid value for argument ip",
        ),
        (
            &[("ip", "10.5.50.99"), ("user", "ana"), ("password", "clave")],
            "unknown host IP 10.5.50.99",
        ),
        (
            &[
                ("ip", IP),
                ("user", "ana"),
                ("password", "clave"),
                ("mac-address", "AA:BB:CC:00:00:02"),
            ],
            "wrong MAC provided",
        ),
        (
            &[("ip", IP), ("user", "ana"), ("mac-address", "x")],
            "invalid value of mac-address, mac address required",
        ),
        (
            &[("ip", IP), ("user", "ana"), ("password", "Clave")],
            "invalid username or password",
        ),
        (
            &[("ip", IP), ("user", "eva"), ("password", "clave")],
            "invalid username or password",
        ),
        (
            &[("ip", IP), ("user", "default-trial")],
            "invalid username or password",
        ),
        (
            &[("ip", IP), ("user", "ana"), ("phone", "1")],
            "unknown parameter phone",
        ),
    ];
    for (attributes, message) in cases {
        assert_eq!(
            client.with(LOGIN, attributes).await.trap(),
            *message,
            "{attributes:?}"
        );
    }
}

#[tokio::test]
async fn who_may_not_log_in_is_refused() {
    let (router, mut client) = start(Version::V7_18).await;
    router
        .set("/ip/hotspot/user", "ana", &[("disabled", "yes")])
        .unwrap();
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "invalid username or password"
    );
    router
        .set(
            "/ip/hotspot/user",
            "ana",
            &[("disabled", "no"), ("mac-address", "AA:BB:CC:00:00:02")],
        )
        .unwrap();
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "invalid username (ana): this MAC address is not yours"
    );
    log_in(&mut client, "10.5.50.21").await.ok();
    assert_eq!(
        log_in(&mut client, "10.5.50.21").await.trap(),
        "already logged in"
    );
    router
        .set(
            "/ip/hotspot/user",
            "ana",
            &[("mac-address", "00:00:00:00:00:00")],
        )
        .unwrap();
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "no more sessions are allowed for user ana"
    );
    router
        .set(
            "/ip/hotspot/user/profile",
            "1hora",
            &[("shared-users", "2")],
        )
        .unwrap();
    router.change_settings(|settings| settings.licensed_sessions = Some(1));
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "session limit reached"
    );
    router.change_settings(|settings| settings.licensed_sessions = None);
    router
        .set(
            "/ip/hotspot/profile",
            "hsprof1",
            &[("login-by", "http-chap")],
        )
        .unwrap();
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "login by http-pap is not allowed"
    );
    router
        .set(
            "/ip/hotspot/profile",
            "hsprof1",
            &[("login-by", "http-pap")],
        )
        .unwrap();
    router
        .add(
            "/ip/hotspot/ip-binding",
            &[("mac-address", MAC), ("type", "blocked")],
        )
        .unwrap();
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        format!("unknown host IP {IP}")
    );
}

#[tokio::test]
async fn limits_count_over_all_sessions_until_reset() {
    for (version, text) in [
        (Version::V6_49, "user ana has reached uptime limit"),
        (Version::V7_17, "your uptime limit is reached"),
    ] {
        let (router, mut client) = start(version).await;
        router
            .set("/ip/hotspot/user", "ana", &[("limit-uptime", "90m")])
            .unwrap();
        log_in(&mut client, IP).await.ok();
        router.advance(Duration::from_secs(3_600));
        assert!(router.active().is_empty(), "session-timeout comes first");
        log_in(&mut client, IP).await.ok();
        assert_eq!(router.active()[0].get("session-time-left"), Some("30m"));
        router.advance(Duration::from_secs(1800));
        assert!(router.active().is_empty());
        assert_eq!(router.user("ana").unwrap().get("uptime"), Some("1h30m"));
        assert_eq!(log_in(&mut client, IP).await.trap(), text);
        client
            .with("/ip/hotspot/user/reset-counters", &[(".id", "*1")])
            .await
            .ok();
        log_in(&mut client, IP).await.ok();
    }
}

#[tokio::test]
async fn traffic_counts_and_ends_the_session() {
    let (router, mut client) = start(Version::V7_17).await;
    router
        .set("/ip/hotspot/user", "ana", &[("limit-bytes-total", "1000")])
        .unwrap();
    log_in(&mut client, IP).await.ok();
    router.use_traffic(ip(IP), 300, 600).unwrap();
    assert_eq!(router.active()[0].get("bytes-out"), Some("600"));
    router.use_traffic(ip(IP), 100, 0).unwrap();
    assert!(router.active().is_empty());
    let user = router.user("ana").unwrap();
    assert_eq!(
        (user.get("bytes-in"), user.get("bytes-out")),
        (Some("400"), Some("600"))
    );
    assert_eq!(
        log_in(&mut client, IP).await.trap(),
        "user ana has reached traffic limit"
    );
}

#[tokio::test]
async fn removing_a_session_leaves_the_cookie_that_lets_the_device_back_in() {
    let (router, mut client) = start(Version::V7_17).await;
    log_in(&mut client, IP).await.ok();
    let id = router.active()[0].id().to_owned();
    client
        .with("/ip/hotspot/active/remove", &[("numbers", &id)])
        .await
        .ok();
    assert!(router.active().is_empty());
    assert!(router.device_returns(ip(IP)).unwrap());
    let back = &router.active()[0];
    assert_eq!(back.get("login-by"), Some("mac-cookie"));
    assert_ne!(back.id(), id, "a new session, a new id");
    let cookie = router.cookies()[0].id().to_owned();
    client
        .with("/ip/hotspot/active/remove", &[("numbers", back.id())])
        .await
        .ok();
    client
        .with("/ip/hotspot/cookie/remove", &[(".id", &cookie)])
        .await
        .ok();
    assert!(!router.device_returns(ip(IP)).unwrap());
    log_in(&mut client, IP).await.ok();
    router.advance(Duration::from_secs(262_800));
    assert!(router.cookies().is_empty(), "mac-cookie-timeout");
}

#[tokio::test]
async fn a_device_that_leaves_ends_its_session() {
    let (router, mut client) = start(Version::V7_17).await;
    router.portal_login(ip(IP), "ana", "clave").unwrap();
    assert_eq!(router.active()[0].get("login-by"), Some("http-chap"));
    router.advance(Duration::from_secs(300));
    let host = router.hosts()[0].id().to_owned();
    client
        .with("/ip/hotspot/host/remove", &[(".id", &host)])
        .await
        .ok();
    assert!(router.active().is_empty());
    assert_eq!(router.user("ana").unwrap().get("uptime"), Some("5m"));
    let other = router.hosts()[0].id().to_owned();
    let binding = [(".id", other.as_str()), ("type", "bypassed")];
    client
        .with("/ip/hotspot/host/make-binding", &binding)
        .await
        .ok();
    assert!(router.rows("/ip/hotspot/ip-binding")[0].is("bypassed"));
    assert!(router.hosts()[0].is("bypassed"));
}

#[tokio::test]
async fn a_removed_user_does_not_take_the_session_along() {
    let (router, mut client) = start(Version::V7_17).await;
    log_in(&mut client, IP).await.ok();
    client
        .with("/ip/hotspot/user/remove", &[(".id", "ana")])
        .await
        .ok();
    assert_eq!(router.active().len(), 1);
    assert!(router.remove("/ip/hotspot/active", router.active()[0].id()));
    assert!(router.active().is_empty());
}
