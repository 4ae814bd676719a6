//! Profiles, the connection test, and what portals may see of a user.

use domain::router::TlsMode;
use domain::secret::Secret;
use ports::hotspot::{HotspotError, HotspotGateway, ProfileInfoOutcome};
use routeros_sim::{Policies, Simulator, TlsMode as SimTls, Unplugged, Version};

use crate::world::{World, access, config, gateway};

#[tokio::test]
async fn profiles_are_listed_with_the_routers_own_texts() {
    let world = World::new().await;
    let profiles = world.gateway.profiles(&world.access).await.unwrap();
    let names: Vec<_> = profiles
        .iter()
        .filter_map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, ["default", "1hora"]);
    assert_eq!(profiles[1].rate_limit.as_deref(), Some("2M/5M"));
    assert_eq!(profiles[1].session_timeout.as_deref(), Some("1h"));
    assert_eq!(profiles[1].address_list, None);
}

#[tokio::test]
async fn a_probe_tells_what_it_found() {
    let world = World::of(Version::V6_49).await;
    let probe = world.gateway.probe(&world.access).await.unwrap();
    assert_eq!(probe.identity, world.router.identity());
    assert_eq!(probe.profile_count, 2);
    assert!(probe.version.unwrap().starts_with("6.49"));
    assert_eq!(probe.fingerprint, None);
}

#[tokio::test]
async fn a_probe_reports_the_certificate() {
    let router = Simulator::builder()
        .account("api", "secret")
        .tls(SimTls::SelfSigned)
        .start()
        .await
        .unwrap();
    let access = access(&router, TlsMode::FirstUse);
    let probe = gateway(config()).probe(&access).await.unwrap();
    assert_eq!(probe.fingerprint.as_deref(), router.tls_fingerprint());
}

#[tokio::test]
async fn a_probe_ignores_the_breaker() {
    let world = World::new().await;
    world.router.unplug(Unplugged::Refused).await.unwrap();
    for _ in 0..2 {
        let outcome = world.gateway.profiles(&world.access).await;
        assert_eq!(outcome, Err(HotspotError::Unreachable));
    }
    assert_eq!(world.gateway.breakers().open, 1);
    let outcome = world.gateway.profiles(&world.access).await;
    assert_eq!(outcome, Err(HotspotError::Suspended));
    world.router.plug_in().await.unwrap();
    world.gateway.probe(&world.access).await.unwrap();
}

#[tokio::test]
async fn a_user_is_shown_to_whoever_knows_its_password() {
    let world = World::new().await;
    world.router.add_user("A", "0481", "1hora").unwrap();
    world.router.add_user("12345", "", "1hora").unwrap();
    let ask = async |name: &str, password: Option<&str>, known: Option<&str>| {
        let secret = |text: &str| Secret::new(text);
        let outcome = world.gateway.profile_info(
            &world.access,
            name,
            password.map(secret),
            known.map(secret),
        );
        outcome.await.unwrap()
    };
    for (name, password, is_pin) in [
        ("A", Some("0481"), false),
        ("12345", None, true),
        ("12345", Some(""), true),
    ] {
        let ProfileInfoOutcome::Found(info) = ask(name, password, None).await else {
            panic!("{name}");
        };
        assert_eq!((info.name.as_str(), info.is_pin), (name, is_pin));
        assert_eq!(info.profile.as_deref(), Some("1hora"));
        assert!(info.mac_cookie_timeout.is_some());
        assert!(info.attributes.iter().any(|(name, _)| name == "profile"));
        assert!(info.attributes.iter().all(|(name, _)| name != "password"));
        assert!(!format!("{info:?}").contains("0481"));
    }
    for (name, password) in [
        ("A", Some("0482")),
        ("A", None),
        ("12345", Some("1")),
        ("B", None),
    ] {
        let outcome = ask(name, password, None).await;
        assert_eq!(
            outcome,
            ProfileInfoOutcome::WrongCredentials,
            "{name} {password:?}"
        );
    }
    world
        .router
        .set_account("api", "secret", Policies::operator());
    // Policies hold from the next log-in on.
    world.router.drop_connections();
    let outcome = ask("A", Some("0481"), None).await;
    assert_eq!(outcome, ProfileInfoOutcome::PolicyMissing("sensitive"));
    assert!(matches!(
        ask("A", Some("0481"), Some("0481")).await,
        ProfileInfoOutcome::Found(_)
    ));
    let outcome = ask("A", Some("0482"), Some("0481")).await;
    assert_eq!(outcome, ProfileInfoOutcome::WrongCredentials);
}
