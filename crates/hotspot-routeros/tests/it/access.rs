//! Getting to a router: TLS, addresses, refusals, the breaker.

use std::time::Duration;

use domain::network::Host;
use domain::router::TlsMode;
use domain::secret::Secret;
use hotspot_routeros::config::HotspotConfig;
use ports::hotspot::{HotspotError, HotspotGateway, TlsTrouble};
use routeros_client::BreakerState;
use routeros_sim::{Denial, Fault, FaultKind, Simulator, TlsMode as SimTls, Unplugged};

use crate::world::{World, access, config, gateway, reservation};

async fn tls_router(mode: SimTls) -> Simulator {
    let builder = Simulator::builder().account("api", "secret").tls(mode);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn tls_is_as_strict_as_the_mode_says() {
    let good = tls_router(SimTls::SelfSigned).await;
    let expired = tls_router(SimTls::Expired).await;
    let named = tls_router(SimTls::WrongName).await;
    let none = tls_router(SimTls::NoCertificate).await;
    let own = |router: &Simulator| router.tls_fingerprint().map(str::to_owned);
    let pem = |router: &Simulator| router.tls_certificate_pem().map(str::to_owned);
    let cases = [
        ("first use", &good, TlsMode::FirstUse, None, None, true),
        ("recorded", &good, TlsMode::FirstUse, own(&good), None, true),
        ("pin", &good, TlsMode::Pinned, own(&good), None, true),
        ("no pin", &good, TlsMode::Pinned, None, None, false),
        (
            "authority",
            &good,
            TlsMode::Authority,
            None,
            pem(&good),
            true,
        ),
        (
            "wrong name",
            &named,
            TlsMode::Authority,
            None,
            pem(&named),
            true,
        ),
        (
            "other authority",
            &good,
            TlsMode::Authority,
            None,
            pem(&named),
            false,
        ),
        ("no authority", &good, TlsMode::Authority, None, None, false),
        ("public", &good, TlsMode::Public, None, None, false),
        ("insecure", &expired, TlsMode::Insecure, None, None, true),
        (
            "pinned although expired",
            &expired,
            TlsMode::Pinned,
            own(&expired),
            None,
            true,
        ),
        ("plain to TLS", &good, TlsMode::None, None, None, false),
        (
            "no certificate",
            &none,
            TlsMode::Insecure,
            None,
            None,
            false,
        ),
    ];
    for (case, router, mode, fingerprint, ca_pem, succeeds) in cases {
        let mut access = access(router, mode);
        access.tls.fingerprint = fingerprint;
        access.tls.ca_pem = ca_pem;
        let outcome = gateway(config()).profiles(&access).await;
        assert_eq!(outcome.is_ok(), succeeds, "{case}: {outcome:?}");
    }
    let outcome = gateway(config())
        .profiles(&access(&none, TlsMode::FirstUse))
        .await;
    match outcome {
        Err(HotspotError::Tls(trouble)) => assert_eq!(trouble, TlsTrouble::NoCertificate),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_changed_certificate_is_refused_before_the_password_is_sent() {
    let (before, after) = (
        tls_router(SimTls::SelfSigned).await,
        tls_router(SimTls::SelfSigned).await,
    );
    let mut access = access(&after, TlsMode::FirstUse);
    access.tls.fingerprint = before.tls_fingerprint().map(str::to_owned);
    let gateway = gateway(config());
    // Also while the breaker is open: what somebody said is worth more than "a moment ago".
    for _ in 0..4 {
        let outcome = gateway.profiles(&access).await;
        assert_eq!(outcome, Err(HotspotError::CertificateChanged));
    }
    let counters = after.counters();
    assert_eq!(
        (
            counters.logins,
            counters.failed_logins,
            counters.all_commands()
        ),
        (0, 0, 0)
    );
    assert_eq!(counters.connections, 2, "then it is left alone for a while");
}

#[tokio::test]
async fn addresses_are_checked_when_dialling() {
    let world = World::new().await;
    let strict = gateway(HotspotConfig::default());
    for host in [
        "127.0.0.1",
        "localhost",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ] {
        let mut access = world.access.clone();
        access.host = Host::parse(host).unwrap();
        let outcome = strict.profiles(&access).await;
        assert_eq!(outcome, Err(HotspotError::AddressNotAllowed), "{host}");
        let outcome = strict.probe(&access).await;
        assert_eq!(outcome, Err(HotspotError::AddressNotAllowed), "{host}");
    }
    assert_eq!(world.router.counters().connections, 0);
}

#[tokio::test]
async fn a_certificate_pinned_at_first_use_is_the_only_one_from_then_on() {
    let first = tls_router(SimTls::SelfSigned).await;
    let gateway = gateway(config());
    let mut settings = access(&first, TlsMode::FirstUse);
    let seen = gateway.certificate(&settings).await.unwrap();
    assert_eq!(seen.as_deref(), first.tls_fingerprint());
    // Asked again, the open connection is used.
    gateway.certificate(&settings).await.unwrap();
    assert_eq!(first.counters().logins, 1);

    settings.tls.fingerprint = seen;
    let other = tls_router(SimTls::SelfSigned).await;
    let mut swapped = access(&other, TlsMode::FirstUse);
    swapped.tls = settings.tls;
    swapped.version += 1;
    let outcome = gateway.certificate(&swapped).await;
    assert_eq!(outcome, Err(HotspotError::CertificateChanged));
}

#[tokio::test]
async fn a_wrong_password_is_called_so_and_not_tried_for_ever() {
    let world = World::new().await;
    let mut access = world.access.clone();
    access.password = Secret::new("wrong");
    for _ in 0..5 {
        let outcome = world.gateway.profiles(&access).await;
        assert_eq!(outcome, Err(HotspotError::LoginRefused));
    }
    assert_eq!(world.router.counters().failed_logins, 2);
    // Corrected settings are another version: nothing of the old ones holds them back.
    access.password = Secret::new("secret");
    access.version += 1;
    world.gateway.profiles(&access).await.unwrap();
}

#[tokio::test]
async fn connections_turned_away_end_in_time() {
    for (how, expected) in [
        (Denial::Eof, HotspotError::Unreachable),
        (Denial::Reset, HotspotError::Unreachable),
        (Denial::Fatal, HotspotError::Unreachable),
        (Denial::Silence, HotspotError::TimedOut),
    ] {
        let world = World::new().await;
        world.router.inject(Fault::new(FaultKind::Deny(how)));
        let hasty = gateway(HotspotConfig {
            router_timeout: Duration::from_secs(1),
            ..config()
        });
        let outcome = hasty.reserve(&world.access, &reservation(&["A"])).await;
        assert_eq!(outcome, Err(expected), "{how:?}");
    }
}

#[tokio::test]
async fn a_dead_router_costs_nobody_else_anything_and_comes_back() {
    let (dead, alive) = (World::new().await, World::new().await);
    let gateway = &dead.gateway;
    let mut other = alive.access.clone();
    other.router_id = domain::ids::RouterId::from_random([9; 4]);
    gateway.profiles(&dead.access).await.unwrap();
    dead.router.unplug(Unplugged::Refused).await.unwrap();
    let mut suspended = 0;
    for _ in 0..20 {
        match gateway.profiles(&dead.access).await {
            Err(HotspotError::Suspended) => suspended += 1,
            Err(HotspotError::Unreachable) => {}
            other => panic!("{other:?}"),
        }
        gateway.profiles(&other).await.unwrap();
    }
    assert!(suspended > 0);
    assert_eq!(
        gateway.breaker(&dead.access.router_id),
        Some(BreakerState::Open)
    );
    assert_eq!(
        gateway.breaker(&other.router_id),
        Some(BreakerState::Closed)
    );
    dead.router.plug_in().await.unwrap();
    while gateway.profiles(&dead.access).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(gateway.breakers().closed, 2);
}

#[tokio::test]
async fn a_reboot_between_two_sales_is_not_noticed() {
    let world = World::new().await;
    world.sold("A").await;
    world.router.drop_connections();
    world.sold("B").await;
    assert_eq!(world.router.users().len(), 2);
}

#[tokio::test]
async fn no_error_shows_a_secret_or_the_routers_words() {
    let world = World::new().await;
    let trap = Fault::trap("custom words with 0481 and secret").always();
    world.router.inject(trap);
    let error = world
        .gateway
        .reserve(&world.access, &reservation(&["A"]))
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?} {:?} {:?}", world.gateway, world.access);
    for text in ["0481", "secret", "custom"] {
        assert!(!shown.contains(text), "{shown}");
    }
}
