//! Returning devices: passwords, clones, disabled users.

use domain::secret::Secret;
use ports::hotspot::{
    DeviceConnection, HotspotGateway, NotConnected, ReconnectOutcome, Reconnection,
};
use routeros_sim::{Fault, FaultKind, Policies, Simulator};

use crate::world::{IP, MAC, USER_ADD, World, returning};

const USER: &str = "/ip/hotspot/user";
/// A comment of the voucher scripts that count time per device.
const SCRIPT: &str = "Mode=elapsed TL=1h TA=0s";

async fn world_with(name: &str, password: &str, comment: &str) -> World {
    let world = World::new().await;
    world.router.add_host(MAC, IP).unwrap();
    let values = [
        ("name", name),
        ("password", password),
        ("profile", "1hora"),
        ("comment", comment),
    ];
    world.router.add(USER, &values).unwrap();
    world
}

async fn reconnect(world: &World, request: &Reconnection) -> ReconnectOutcome {
    world
        .gateway
        .reconnect(&world.access, request)
        .await
        .unwrap()
}

/// The name that was logged in.
fn connected(outcome: &ReconnectOutcome) -> &str {
    match outcome {
        ReconnectOutcome::User {
            name,
            connection: DeviceConnection::Connected(_),
            ..
        } => name,
        other => panic!("{other:?}"),
    }
}

fn hide_passwords(router: &Simulator) {
    router.set_account("api", "secret", Policies::operator());
}

#[tokio::test]
async fn the_password_must_be_the_users_and_both_failures_read_alike() {
    let world = world_with("A", "0481", "").await;
    assert_eq!(
        connected(&reconnect(&world, &returning("A", "0481")).await),
        "A"
    );
    for (name, password) in [("A", "0482"), ("A", ""), ("nobody", "0481"), ("", "")] {
        let outcome = reconnect(&world, &returning(name, password)).await;
        assert_eq!(outcome, ReconnectOutcome::NotFound, "{name} {password}");
    }
}

#[tokio::test]
async fn a_pin_needs_no_password_and_ignores_one() {
    let world = world_with("12345", "", "").await;
    for password in ["", "whatever"] {
        let outcome = reconnect(&world, &returning("12345", password)).await;
        assert_eq!(connected(&outcome), "12345");
    }
}

#[tokio::test]
async fn our_own_record_counts_where_the_router_hides_passwords() {
    let world = world_with("A", "0481", "").await;
    hide_passwords(&world.router);
    let mut request = returning("A", "0481");
    request.known_password = Some(Secret::new("0481"));
    assert_eq!(connected(&reconnect(&world, &request).await), "A");
    request.password = Secret::new("0482");
    assert_eq!(
        reconnect(&world, &request).await,
        ReconnectOutcome::NotFound
    );
}

#[tokio::test]
async fn where_passwords_are_hidden_the_routers_own_log_in_judges() {
    let world = world_with("A", "0481", "").await;
    hide_passwords(&world.router);
    let wrong = reconnect(&world, &returning("A", "0482")).await;
    assert_eq!(wrong, ReconnectOutcome::NotFound);
    assert!(world.router.active().is_empty());
    assert_eq!(
        connected(&reconnect(&world, &returning("A", "0481")).await),
        "A"
    );
}

#[tokio::test]
async fn a_wrong_password_that_only_the_router_can_judge_changes_nothing() {
    let world = world_with("A", "0481", "").await;
    hide_passwords(&world.router);
    world
        .router
        .add_host("AA:BB:CC:00:11:99", "10.5.50.10")
        .unwrap();
    let other = "10.5.50.10".parse().unwrap();
    world.router.portal_login(other, "A", "0481").unwrap();
    let before = (world.router.active(), world.router.cookies());
    let outcome = reconnect(&world, &returning("A", "0482")).await;
    assert_eq!(outcome, ReconnectOutcome::NotFound);
    assert_eq!((world.router.active(), world.router.cookies()), before);
    assert_eq!(world.router.device_returns(IP.parse().unwrap()), Ok(false));
    // With the right one the device takes over: the profile allows one at a time.
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A");
    assert_eq!(world.router.active().len(), 1);
}

#[tokio::test]
async fn where_passwords_are_hidden_nobody_gets_a_clone() {
    let world = world_with("A", "0481", SCRIPT).await;
    hide_passwords(&world.router);
    world
        .router
        .remove("/ip/hotspot/host", world.router.hosts()[0].id());
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(outcome, ReconnectOutcome::PolicyMissing("sensitive"));
    world.router.add_host(MAC, IP).unwrap();
    assert_eq!(
        connected(&reconnect(&world, &returning("A", "0481")).await),
        "A"
    );
    assert_eq!(world.router.users().len(), 1);
}

#[tokio::test]
async fn a_disabled_user_is_told_so_to_whoever_knows_the_password() {
    let world = world_with("A", "0481", "").await;
    world.router.set(USER, "A", &[("disabled", "yes")]).unwrap();
    match reconnect(&world, &returning("A", "0481")).await {
        ReconnectOutcome::User { connection, .. } => {
            let disabled = DeviceConnection::NotConnected(NotConnected::Disabled);
            assert_eq!(connection, disabled);
        }
        other => panic!("{other:?}"),
    }
    let wrong = reconnect(&world, &returning("A", "0482")).await;
    assert_eq!(wrong, ReconnectOutcome::NotFound);
}

#[tokio::test]
async fn script_users_get_one_clone_per_device() {
    let world = world_with("A", "0481", SCRIPT).await;
    for _ in 0..2 {
        let outcome = reconnect(&world, &returning("A", "0481")).await;
        assert_eq!(connected(&outcome), "A_RANDMAC1");
    }
    let clone = world.router.user("A_RANDMAC1").unwrap();
    assert_eq!(clone.get("mac-address"), Some(MAC));
    assert_eq!(clone.get("password"), Some("0481"));
    assert_eq!(clone.get("profile"), Some("1hora"));
    assert_eq!(clone.get("comment"), Some(SCRIPT));
    assert_eq!(world.router.users().len(), 2);
}

#[tokio::test]
async fn the_next_clone_is_one_above_the_highest_and_after_fifteen_the_base_user_serves() {
    let world = world_with("A", "0481", SCRIPT).await;
    let clone = |number: u32, mac: &str| {
        let name = format!("A_RANDMAC{number}");
        let values = [
            ("name", name.as_str()),
            ("password", "0481"),
            ("profile", "1hora"),
            ("comment", SCRIPT),
            ("mac-address", mac),
        ];
        world.router.add(USER, &values).unwrap();
    };
    clone(1, "AA:BB:CC:00:00:01");
    clone(4, "AA:BB:CC:00:00:04");
    // Another user's family is none of ours, whatever its name looks like.
    let values = [("name", "A_RANDMAC9"), ("comment", "MODE= TL= TA= other")];
    world.router.add(USER, &values).unwrap();
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A_RANDMAC5");
    world.router.remove(USER, "A_RANDMAC5");
    let session = world.router.active();
    world.router.remove("/ip/hotspot/active", session[0].id());
    clone(15, "AA:BB:CC:00:00:15");
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A");
}

#[tokio::test]
async fn a_clone_gets_what_is_left_of_the_limit() {
    let world = world_with("A", "0481", SCRIPT).await;
    world
        .router
        .set(USER, "A", &[("limit-uptime", "1h")])
        .unwrap();
    let ip = IP.parse().unwrap();
    world.router.portal_login(ip, "A", "0481").unwrap();
    world.router.advance(std::time::Duration::from_mins(40));
    world
        .router
        .remove("/ip/hotspot/active", world.router.active()[0].id());
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A_RANDMAC1");
    let clone = world.router.user("A_RANDMAC1").unwrap();
    assert_eq!(clone.get("limit-uptime"), Some("20m"));
}

#[tokio::test]
async fn a_refused_clone_leads_back_to_the_base_user_and_a_lost_reply_to_the_clone() {
    let world = world_with("A", "0481", SCRIPT).await;
    world.router.inject(Fault::wrong_policy().on(USER_ADD));
    assert_eq!(
        connected(&reconnect(&world, &returning("A", "0481")).await),
        "A"
    );
    world
        .router
        .remove("/ip/hotspot/active", world.router.active()[0].id());
    let lost = Fault::new(FaultKind::CloseBeforeReply).on(USER_ADD);
    world.router.inject(lost);
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A_RANDMAC1");
    assert_eq!(world.router.users().len(), 2);
}

#[tokio::test]
async fn a_router_that_takes_no_mac_on_add_gets_it_afterwards() {
    let world = world_with("A", "0481", SCRIPT).await;
    world
        .router
        .inject(Fault::trap("unknown parameter mac-address").on(USER_ADD));
    let outcome = reconnect(&world, &returning("A", "0481")).await;
    assert_eq!(connected(&outcome), "A_RANDMAC1");
    let clone = world.router.user("A_RANDMAC1").unwrap();
    assert_eq!(clone.get("mac-address"), Some(MAC));
}
