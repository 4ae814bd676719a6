//! Logging devices in.

use std::time::Duration;

use domain::secret::Secret;
use hotspot_routeros::config::HotspotConfig;
use ports::hotspot::{
    DeviceConnection, DeviceLogin, HotspotGateway, NotConnected, ReconnectOutcome,
};
use routeros_sim::{Fault, FaultKind, Point, Policies, Version};

use crate::world::{IP, LOGIN, MAC, World, config, device, gateway, returning};

const OTHER_MAC: &str = "AA:BB:CC:00:11:99";
const OTHER_IP: &str = "10.5.50.10";
const COOKIE_ADD: &str = "/ip/hotspot/cookie/add";

fn not(reason: NotConnected) -> DeviceConnection {
    DeviceConnection::NotConnected(reason)
}

async fn log_in(world: &World, login: &DeviceLogin, fresh: bool) -> DeviceConnection {
    let outcome = world
        .gateway
        .connect_device(&world.access, login, fresh)
        .await;
    outcome.unwrap()
}

/// A world with the device in the host table and a user that was sold.
async fn ready(version: Version) -> (World, DeviceLogin) {
    let world = World::of(version).await;
    world.router.add_host(MAC, IP).unwrap();
    let user = world.sold("PT-K7Q2M").await;
    (world, device(&user))
}

#[tokio::test]
async fn a_known_device_is_logged_in_on_every_version() {
    for version in [
        Version::V6_42,
        Version::V6_49,
        Version::V7_17,
        Version::V7_18,
    ] {
        let (world, login) = ready(version).await;
        let DeviceConnection::Connected(session) = log_in(&world, &login, true).await else {
            panic!("{version}: not connected");
        };
        assert_eq!(session.user, "PT-K7Q2M");
        assert_eq!(session.address.as_deref(), Some(IP));
        assert_eq!(session.id.as_deref(), Some(world.router.active()[0].id()));
        let user = world.router.user("PT-K7Q2M").unwrap();
        let bound = user.get("mac-address").unwrap_or("00:00:00:00:00:00");
        assert_eq!(bound, "00:00:00:00:00:00", "usable from any device");
    }
}

#[tokio::test]
async fn the_host_table_wins_over_what_the_portal_says() {
    let (world, mut login) = ready(Version::V7_18).await;
    world.router.add_host(OTHER_MAC, OTHER_IP).unwrap();
    login.ip = Some(OTHER_IP.parse().unwrap());
    assert!(matches!(
        log_in(&world, &login, true).await,
        DeviceConnection::Connected(_)
    ));
    let active = world.router.active();
    assert_eq!((active.len(), active[0].get("mac-address")), (1, Some(MAC)));
}

#[tokio::test]
async fn an_unknown_device_is_not_logged_in_whatever_address_the_portal_names() {
    let world = World::new().await;
    world.router.add_host(OTHER_MAC, OTHER_IP).unwrap();
    let user = world.sold("A").await;
    let mut login = device(&user);
    login.ip = Some(OTHER_IP.parse().unwrap());
    assert_eq!(
        log_in(&world, &login, true).await,
        not(NotConnected::HostUnknown)
    );
    assert!(world.router.active().is_empty());
}

#[tokio::test]
async fn a_router_that_refuses_cookies_is_asked_once() {
    let (world, login) = ready(Version::V6_49).await;
    for _ in 0..3 {
        assert!(matches!(
            log_in(&world, &login, true).await,
            DeviceConnection::Connected(_)
        ));
        let active = world.router.active();
        world.router.remove("/ip/hotspot/active", active[0].id());
    }
    assert_eq!(world.router.counters().commands_of(COOKIE_ADD), 1);
    // New settings may be another router.
    let mut world = world;
    world.access.version += 1;
    log_in(&world, &login, true).await;
    assert_eq!(world.router.counters().commands_of(COOKIE_ADD), 2);
}

#[tokio::test]
async fn a_router_that_never_answers_about_cookies_still_logs_in() {
    let (mut world, login) = ready(Version::V7_18).await;
    world.gateway = gateway(HotspotConfig {
        router_timeout: Duration::from_secs(2),
        ..config()
    });
    let silent = FaultKind::Hold(Point::Execution);
    world
        .router
        .inject(Fault::new(silent).on(COOKIE_ADD).always());
    assert!(matches!(
        log_in(&world, &login, true).await,
        DeviceConnection::Connected(_)
    ));
}

#[tokio::test]
async fn refusals_of_the_hotspot_are_told_apart_and_stop_at_once() {
    for (message, reason) in [
        ("invalid username or password", NotConnected::Refused),
        ("your uptime limit is reached", NotConnected::LimitReached),
        (
            "user A has reached traffic limit",
            NotConnected::LimitReached,
        ),
        (
            "no more sessions are allowed for user A",
            NotConnected::LimitReached,
        ),
        ("session limit reached", NotConnected::LimitReached),
    ] {
        let (world, login) = ready(Version::V7_18).await;
        world.router.inject(Fault::trap(message).on(LOGIN).always());
        assert_eq!(log_in(&world, &login, true).await, not(reason), "{message}");
        assert_eq!(world.router.counters().commands_of(LOGIN), 1, "{message}");
    }
}

#[tokio::test]
async fn only_the_hotspots_word_about_credentials_counts_against_them() {
    for message in [
        "RADIUS server is not responding",
        "std failure: timeout (13)",
        "action timed out",
        "hotspot service is shutting down",
        "internal error",
        "failure: not allowed by device-mode",
        "interrupted",
    ] {
        let (world, login) = ready(Version::V7_18).await;
        world.router.inject(Fault::trap(message).on(LOGIN).always());
        let outcome = world
            .gateway
            .connect_device(&world.access, &login, true)
            .await;
        let is_refused = outcome == Ok(not(NotConnected::Refused));
        assert!(!is_refused, "{message}: {outcome:?}");
        // Where the router hides passwords, its log-in alone decides.
        world
            .router
            .set_account("api", "secret", Policies::operator());
        world.router.drop_connections();
        let returning = returning(login.name.as_str(), "0481");
        let outcome = world.gateway.reconnect(&world.access, &returning).await;
        assert_ne!(outcome, Ok(ReconnectOutcome::NotFound), "{message}");
    }
}

#[tokio::test]
async fn other_refusals_lead_to_the_next_form() {
    let (world, login) = ready(Version::V6_49).await;
    world
        .router
        .inject(Fault::trap("unknown parameter").on(LOGIN));
    assert!(matches!(
        log_in(&world, &login, true).await,
        DeviceConnection::Connected(_)
    ));
    assert_eq!(world.router.counters().commands_of(LOGIN), 2);

    let (world, login) = ready(Version::V6_49).await;
    world
        .router
        .inject(Fault::trap("failure: something else").on(LOGIN).always());
    assert_eq!(
        log_in(&world, &login, true).await,
        not(NotConnected::Undecided)
    );
    assert_eq!(
        world.router.counters().commands_of(LOGIN),
        3,
        "with IP, with MAC, with neither"
    );
}

#[tokio::test]
async fn logged_in_already_counts_as_success_if_the_session_is_the_users() {
    for message in [
        "already logged in",
        "already authorized",
        "already authorizing, retry later",
    ] {
        let (world, login) = ready(Version::V7_18).await;
        let done = FaultKind::Trap {
            message: message.to_owned(),
            category: None,
            executed: true,
        };
        world.router.inject(Fault::new(done).on(LOGIN));
        let outcome = log_in(&world, &login, true).await;
        assert!(
            matches!(outcome, DeviceConnection::Connected(_)),
            "{message}"
        );
    }
    let (world, login) = ready(Version::V7_18).await;
    world
        .router
        .inject(Fault::trap("already logged in").on(LOGIN).always());
    assert_eq!(
        log_in(&world, &login, true).await,
        not(NotConnected::NotVerified)
    );
}

/// A user that both devices are, or were, logged in as.
fn both_in_as(world: &World, user: &str) {
    world.router.add_host(OTHER_MAC, OTHER_IP).unwrap();
    let shared = [("shared-users", "9")];
    world.router.add_profile("shared", &shared).unwrap();
    world.router.add_user(user, "x", "shared").unwrap();
    for ip in [IP, OTHER_IP] {
        let ip = ip.parse().unwrap();
        world.router.portal_login(ip, user, "x").unwrap();
    }
}

#[tokio::test]
async fn a_device_that_is_in_as_somebody_else_changes_over() {
    let (world, login) = ready(Version::V7_18).await;
    both_in_as(&world, "trial");
    let outcome = log_in(&world, &login, true).await;
    assert!(matches!(outcome, DeviceConnection::Connected(_)));
    let user_at = |ip: &str| {
        let active = world.router.active();
        let session = active.iter().find(|one| one.get("address") == Some(ip));
        session.and_then(|one| one.get("user").map(str::to_owned))
    };
    assert_eq!(user_at(IP).as_deref(), Some("PT-K7Q2M"));
    assert_eq!(user_at(OTHER_IP).as_deref(), Some("trial"));
}

#[tokio::test]
async fn a_user_tied_to_another_device_is_untied() {
    let (world, login) = ready(Version::V7_18).await;
    let tie = [("mac-address", OTHER_MAC)];
    world
        .router
        .set("/ip/hotspot/user", "PT-K7Q2M", &tie)
        .unwrap();
    assert!(matches!(
        log_in(&world, &login, false).await,
        DeviceConnection::Connected(_)
    ));
    let user = world.router.user("PT-K7Q2M").unwrap();
    assert_eq!(
        user.get("mac-address").unwrap_or("00:00:00:00:00:00"),
        "00:00:00:00:00:00"
    );
}

#[tokio::test]
async fn a_session_on_another_device_ends_and_one_on_this_device_is_kept() {
    let (world, login) = ready(Version::V7_18).await;
    world.router.add_host(OTHER_MAC, OTHER_IP).unwrap();
    let other = OTHER_IP.parse().unwrap();
    world
        .router
        .portal_login(other, "PT-K7Q2M", "0481")
        .unwrap();
    assert!(matches!(
        log_in(&world, &login, false).await,
        DeviceConnection::Connected(_)
    ));
    let active = world.router.active();
    assert_eq!((active.len(), active[0].get("mac-address")), (1, Some(MAC)));
    let kept = active[0].id().to_owned();
    assert!(matches!(
        log_in(&world, &login, false).await,
        DeviceConnection::Connected(_)
    ));
    assert_eq!(world.router.active()[0].id(), kept);
}

#[tokio::test]
async fn a_cookie_of_another_user_goes_and_one_for_this_user_comes() {
    let (world, login) = ready(Version::V7_18).await;
    both_in_as(&world, "somebody");
    for session in world.router.active() {
        world.router.remove("/ip/hotspot/active", session.id());
    }
    assert_eq!(world.router.cookies().len(), 2);
    log_in(&world, &login, false).await;
    let owner = |mac: &str| -> Vec<String> {
        let cookies = world.router.cookies();
        let of_device = cookies
            .iter()
            .filter(|one| one.get("mac-address") == Some(mac));
        of_device
            .filter_map(|one| one.get("user").map(str::to_owned))
            .collect()
    };
    assert_eq!(owner(MAC), ["PT-K7Q2M"]);
    assert_eq!(owner(OTHER_MAC), ["somebody"]);
}

#[tokio::test]
async fn a_lost_reply_to_the_log_in_is_no_failure() {
    for kind in [FaultKind::CloseBeforeReply, FaultKind::CloseBeforeExecution] {
        let (world, login) = ready(Version::V7_18).await;
        world.router.inject(Fault::new(kind.clone()).on(LOGIN));
        let outcome = log_in(&world, &login, true).await;
        assert!(
            matches!(outcome, DeviceConnection::Connected(_)),
            "{kind:?}"
        );
        assert_eq!(world.router.active().len(), 1);
    }
}

#[tokio::test]
async fn a_pin_logs_in_without_a_password() {
    let world = World::new().await;
    world.router.add_host(MAC, IP).unwrap();
    world.router.add_user("12345", "", "1hora").unwrap();
    let login = DeviceLogin {
        name: domain::credentials::HotspotName::from_stored("12345"),
        password: Secret::new(""),
        mac: crate::world::mac(),
        ip: None,
    };
    assert!(matches!(
        log_in(&world, &login, false).await,
        DeviceConnection::Connected(_)
    ));
}
