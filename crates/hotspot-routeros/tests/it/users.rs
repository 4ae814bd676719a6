//! The life of a hotspot user: reserved, activated, removed; and never a stranger's user.

use domain::credentials::HotspotName;
use ports::hotspot::{
    Activation, HotspotError, HotspotGateway, HotspotUser, ReconnectOutcome, RemovalOutcome,
};
use routeros_sim::{Fault, FaultKind, Simulator, Version};

use crate::world::{
    COMMENT, IP, MAC, USER_ADD, USER_SET, World, device, removal, reservation, returning,
};

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
        let active = world.activate(&user).await;
        assert_eq!(active, Ok(Activation::Active(user.id.clone())));
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
    let gone = world.activate(&user("*FFFF")).await;
    assert_eq!(gone, Ok(Activation::Gone));
    let values = [("name", "victim"), ("disabled", "yes")];
    world.router.add("/ip/hotspot/user", &values).unwrap();
    for text in ["victim", "*1,victim", "", "*"] {
        let outcome = world.activate(&user(text)).await;
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

#[tokio::test]
async fn after_a_restore_an_id_alone_enables_and_removes_nobody() {
    let world = World::new().await;
    world.router.add_user("gone", "x", "default").unwrap();
    let user = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap()
        .user;
    let values = [
        ("name", "expired"),
        ("disabled", "yes"),
        ("comment", "nov/01"),
    ];
    world.router.add("/ip/hotspot/user", &values).unwrap();
    world.router.remove("/ip/hotspot/user", "gone");
    world.router.restore();
    assert_eq!(world.router.user("expired").unwrap().id(), user.id);
    let id = world.router.user("A").unwrap().id().to_owned();

    // Ours is found by its comment, and again once that is gone.
    for _ in 0..2 {
        let outcome = world.activate_later(&user).await;
        assert_eq!(outcome, Ok(Activation::Active(id.clone())));
        assert!(!world.router.user("A").unwrap().is("disabled"));
    }
    let expired = world.router.user("expired").unwrap();
    assert!(expired.is("disabled") && expired.get("comment") == Some("nov/01"));

    let removal = removal(&["A"], Some(&user.id));
    let outcome = world.gateway.remove(&world.access, &removal).await;
    assert_eq!(outcome, Ok(RemovalOutcome::Gone));
    assert!(!has(&world.router, "A") && has(&world.router, "expired"));
}

#[tokio::test]
async fn a_restored_router_without_the_user_says_that_it_is_gone() {
    let world = World::new().await;
    let user = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap()
        .user;
    world.router.remove("/ip/hotspot/user", "A");
    world.router.add_user("stranger", "x", "default").unwrap();
    world.router.restore();
    world.router.add_user("A", "x", "default").unwrap();
    assert_eq!(world.activate_later(&user).await, Ok(Activation::Gone));
}

#[tokio::test]
async fn a_comment_that_a_script_wrote_after_the_activation_stays() {
    let world = World::new().await;
    let user = world.sold("A").await;
    let values = [("comment", "expira nov/30")];
    world.router.set("/ip/hotspot/user", "A", &values).unwrap();
    let outcome = world.activate_later(&user).await;
    assert_eq!(outcome, Ok(Activation::Active(user.id)));
    let row = world.router.user("A").unwrap();
    assert_eq!(row.get("comment"), Some("expira nov/30"));
}

#[tokio::test]
async fn a_user_made_anew_with_what_was_sold_is_ours_and_another_is_not() {
    for (password, profile, outcome) in [
        ("0481", "1hora", RemovalOutcome::Gone),
        ("0481", "default", RemovalOutcome::Gone),
        ("0482", "1hora", RemovalOutcome::Foreign),
        ("", "1hora", RemovalOutcome::Foreign),
    ] {
        let world = World::new().await;
        let user = world.sold("A").await;
        world.router.remove("/ip/hotspot/user", "A");
        world.router.add_user("A", password, profile).unwrap();
        let removal = removal(&["A"], Some(&user.id));
        let removed = world.gateway.remove(&world.access, &removal).await;
        assert_eq!(removed, Ok(outcome), "{password} {profile}");
    }
}

#[tokio::test]
async fn a_candidate_that_was_sold_to_somebody_else_is_not_ours() {
    let world = World::new().await;
    let other = world.sold("A").await;
    let removal = removal(&["B", "A"], None);
    let outcome = world.gateway.remove(&world.access, &removal).await;
    assert_eq!(outcome, Ok(RemovalOutcome::Foreign));
    assert_eq!(world.router.user("A").unwrap().id(), other.id);
}

#[tokio::test]
async fn clones_lose_access_with_the_user_and_strangers_of_like_names_do_not() {
    let world = World::new().await;
    world.router.add_host(MAC, IP).unwrap();
    let user = world.sold("A").await;
    let marks = [("comment", "MODE=x,TL=1,TA=2")];
    world.router.set("/ip/hotspot/user", "A", &marks).unwrap();
    let values = [("mac-address", "AA:BB:CC:00:11:99")];
    world.router.set("/ip/hotspot/user", "A", &values).unwrap();
    let outcome = world
        .gateway
        .reconnect(&world.access, &returning("A", "0481"))
        .await;
    assert!(
        matches!(&outcome, Ok(ReconnectOutcome::User { name, .. }) if name == "A_RANDMAC1"),
        "{outcome:?}"
    );
    assert_eq!(world.router.active().len(), 1);
    world
        .router
        .add_user("A_RANDMAC2", "other", "default")
        .unwrap();
    world
        .router
        .add_user("A_RANDMAC16", "0481", "1hora")
        .unwrap();

    let removal = removal(&["A"], Some(&user.id));
    let outcome = world.gateway.remove(&world.access, &removal).await;
    assert_eq!(outcome, Ok(RemovalOutcome::Gone));
    assert!(world.router.active().is_empty() && world.router.cookies().is_empty());
    let left: Vec<_> = world
        .router
        .users()
        .iter()
        .map(|user| user.name().to_owned())
        .collect();
    assert_eq!(left, ["A_RANDMAC2", "A_RANDMAC16"]);
}
