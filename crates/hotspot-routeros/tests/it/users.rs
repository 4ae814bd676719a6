//! The life of a hotspot user: reserved, activated, removed; and never a stranger's user.

use domain::credentials::HotspotName;
use ports::hotspot::{Activation, HotspotError, HotspotGateway, HotspotUser, RemovalOutcome};
use routeros_sim::{Fault, FaultKind, Simulator, Version};

use crate::world::{COMMENT, IP, MAC, USER_ADD, USER_SET, World, device, removal, reservation};

fn has(router: &Simulator, name: &str) -> bool {
    router.user(name).is_some()
}

#[tokio::test]
async fn a_reserved_user_cannot_log_in_until_it_is_activated() {
    for version in [
        Version::V6_42,
        Version::V6_49,
        Version::V7_17,
        Version::V7_18,
    ] {
        let world = World::of(version).await;
        let reservation = reservation(&["PT-K7Q2M"]);
        let user = world
            .gateway
            .reserve(&world.access, &reservation)
            .await
            .unwrap()
            .user;
        let row = world.router.user("PT-K7Q2M").unwrap();
        assert_eq!(row.id(), user.id);
        assert!(row.is("disabled"));
        assert_eq!(row.get("comment"), Some(COMMENT));
        assert_eq!(row.get("profile"), Some("1hora"));
        assert_eq!(row.get("password"), Some("0481"));
        world.router.add_host(MAC, IP).unwrap();
        let ip = IP.parse().unwrap();
        assert!(world.router.portal_login(ip, "PT-K7Q2M", "0481").is_err());
        let active = world.gateway.activate(&world.access, &user).await;
        assert_eq!(active, Ok(Activation::Active));
        let row = world.router.user("PT-K7Q2M").unwrap();
        assert!(!row.is("disabled"));
        assert_eq!(row.get("comment").unwrap_or_default(), "");
        world.router.portal_login(ip, "PT-K7Q2M", "0481").unwrap();
    }
}

#[tokio::test]
async fn a_pin_has_no_password() {
    let world = World::new().await;
    let mut pin = reservation(&["PT-12345"]);
    pin.password = domain::secret::Secret::new("");
    world.gateway.reserve(&world.access, &pin).await.unwrap();
    let row = world.router.user("PT-12345").unwrap();
    assert_eq!(row.get("password").unwrap_or_default(), "");
}

#[tokio::test]
async fn a_taken_name_leads_to_the_next_and_an_own_one_is_taken_up_again() {
    let world = World::new().await;
    world.router.add_user("A", "x", "default").unwrap();
    let names = reservation(&["A", "B"]);
    let first = world
        .gateway
        .reserve(&world.access, &names)
        .await
        .unwrap()
        .user;
    assert_eq!(first.name.as_str(), "B");
    let again = world
        .gateway
        .reserve(&world.access, &names)
        .await
        .unwrap()
        .user;
    assert_eq!(again, first);
    // Ours, but enabled by somebody: not a reservation any more.
    world
        .router
        .set("/ip/hotspot/user", "B", &[("disabled", "no")])
        .unwrap();
    let none = world.gateway.reserve(&world.access, &names).await;
    assert_eq!(none, Err(HotspotError::NamesTaken));
    assert_eq!(world.router.user("A").unwrap().get("password"), Some("x"));
}

#[tokio::test]
async fn what_the_router_refuses_is_told_apart() {
    let world = World::new().await;
    let mut unknown = reservation(&["A"]);
    unknown.profile = "2horas".to_owned();
    let outcome = world.gateway.reserve(&world.access, &unknown).await;
    assert_eq!(outcome, Err(HotspotError::ProfileMissing));
    world.router.inject(Fault::wrong_policy().on(USER_ADD));
    let outcome = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await;
    assert_eq!(outcome, Err(HotspotError::NotPermitted));
    world
        .router
        .inject(Fault::trap("no such command prefix").on(USER_ADD));
    let outcome = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await;
    assert!(
        matches!(outcome, Err(HotspotError::Unsupported(_))),
        "{outcome:?}"
    );
    assert!(world.router.users().is_empty());
}

#[tokio::test]
async fn an_overloaded_router_that_traps_may_have_added_the_user_all_the_same() {
    for executed in [true, false] {
        let world = World::new().await;
        let timeout = FaultKind::Trap {
            message: "std failure: timeout (13)".to_owned(),
            category: None,
            executed,
        };
        world.router.inject(Fault::new(timeout).on(USER_ADD));
        let user = world
            .gateway
            .reserve(&world.access, &reservation(&["A"]))
            .await;
        assert_eq!(user.unwrap().user.id, world.router.user("A").unwrap().id());
        assert_eq!(world.reserved().len(), 1);
    }
}

#[tokio::test]
async fn activating_a_user_that_is_gone_says_so_and_a_text_that_is_no_id_touches_nobody() {
    let world = World::new().await;
    let user = |id: &str| HotspotUser {
        name: HotspotName::from_stored("A"),
        id: id.to_owned(),
    };
    let gone = world.gateway.activate(&world.access, &user("*FFFF")).await;
    assert_eq!(gone, Ok(Activation::Gone));
    let values = [("name", "victim"), ("disabled", "yes")];
    world.router.add("/ip/hotspot/user", &values).unwrap();
    for text in ["victim", "*1,victim", "", "*"] {
        let outcome = world.gateway.activate(&world.access, &user(text)).await;
        assert!(
            matches!(outcome, Err(HotspotError::Refused(_))),
            "{text}: {outcome:?}"
        );
    }
    assert!(world.router.user("victim").unwrap().is("disabled"));
    assert_eq!(world.router.counters().commands_of(USER_SET), 1);
}

#[tokio::test]
async fn removing_ends_sessions_and_cookies_and_may_be_repeated() {
    let world = World::new().await;
    let user = world.sold("A").await;
    world.router.add_host(MAC, IP).unwrap();
    let login = device(&user);
    world
        .gateway
        .connect_device(&world.access, &login, true)
        .await
        .unwrap();
    assert_eq!(
        (world.router.active().len(), world.router.cookies().len()),
        (1, 1)
    );
    let removal = removal(&["B", "A", "C"], Some(&user.id));
    for _ in 0..2 {
        let outcome = world.gateway.remove(&world.access, &removal).await;
        assert_eq!(outcome, Ok(RemovalOutcome::Gone));
        assert!(!has(&world.router, "A"));
        assert!(world.router.active().is_empty());
        assert!(world.router.cookies().is_empty());
    }
    assert_eq!(world.router.device_returns(IP.parse().unwrap()), Ok(false));
}

#[tokio::test]
async fn a_session_that_outlived_its_user_is_ended_too() {
    let world = World::new().await;
    let user = world.sold("A").await;
    world.router.add_host(MAC, IP).unwrap();
    let login = device(&user);
    world
        .gateway
        .connect_device(&world.access, &login, true)
        .await
        .unwrap();
    world.router.remove("/ip/hotspot/user", "A");
    let removal = removal(&["A"], Some(&user.id));
    let outcome = world.gateway.remove(&world.access, &removal).await;
    assert_eq!(outcome, Ok(RemovalOutcome::Gone));
    assert!(world.router.active().is_empty() && world.router.cookies().is_empty());
}

#[tokio::test]
async fn a_reservation_is_removed_by_its_comment_alone() {
    let world = World::new().await;
    world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap();
    let outcome = world
        .gateway
        .remove(&world.access, &removal(&["A"], None))
        .await;
    assert_eq!(outcome, Ok(RemovalOutcome::Gone));
    assert!(!has(&world.router, "A"));
}

#[tokio::test]
async fn a_strangers_user_is_left_alone() {
    let world = World::new().await;
    let stranger = world.router.add_user("A", "x", "default").unwrap();
    world.router.add_host(MAC, IP).unwrap();
    world
        .router
        .portal_login(IP.parse().unwrap(), "A", "x")
        .unwrap();
    for id in [None, Some("*FFFF")] {
        let outcome = world
            .gateway
            .remove(&world.access, &removal(&["A"], id))
            .await;
        assert_eq!(outcome, Ok(RemovalOutcome::Foreign));
    }
    assert_eq!(world.router.user("A").unwrap().id(), stranger);
    assert!(!world.router.user("A").unwrap().is("disabled"));
    assert_eq!(world.router.active().len(), 1);
}

#[tokio::test]
async fn names_and_values_cannot_become_words() {
    let world = World::new().await;
    let nasty = "a\n=disabled=no\0?#! */system/reset \u{e9}";
    let mut reservation = reservation(&[nasty]);
    reservation.comment = "=disabled=no".to_owned();
    world
        .gateway
        .reserve(&world.access, &reservation)
        .await
        .unwrap();
    let again = world
        .gateway
        .reserve(&world.access, &reservation)
        .await
        .unwrap()
        .user;
    let row = world.router.user(nasty).unwrap();
    assert!(row.is("disabled"));
    assert_eq!(
        (row.id(), row.get("comment")),
        (again.id.as_str(), Some("=disabled=no"))
    );
    assert_eq!(world.router.users().len(), 1);
}
