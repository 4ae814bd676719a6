//! Looking after a router: every finding of the diagnosis, the walled garden, one customer.

use std::time::Duration;

use application::operator::diagnosis::{Expected, Finding, judge, judge_failure};
use domain::credentials::HotspotName;
use domain::garden::{GardenEntry, GardenMenu};
use domain::gateway::GatewayKind;
use domain::router::TlsMode;
use domain::secret::Secret;
use domain::time::Timestamp;
use ports::hotspot::{HotspotError, HotspotGateway, TlsTrouble};
use ports::router_admin::{GardenChange, Inspection, RouterAdmin};
use router_kit::garden::{TAG, compare, garden};
use routeros_client::proto::value::DateTime;
use routeros_sim::{Policies, Simulator, TlsMode as SimTls, Unplugged, Version};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::world::{IP, MAC, World, access, config, device, gateway, mac};

fn name(text: &str) -> HotspotName {
    HotspotName::from_stored(text)
}

impl World {
    async fn look(&self, names: &[&str]) -> Result<Inspection, HotspotError> {
        let names: Vec<HotspotName> = names.iter().copied().map(name).collect();
        self.gateway.inspect(&self.access, &names).await
    }

    /// What a router that is held against this is found to have.
    async fn findings(&self, expected: &Expected) -> Vec<Finding> {
        let names: Vec<HotspotName> = expected
            .sold
            .iter()
            .chain(&expected.returned)
            .cloned()
            .collect();
        let seen = self.gateway.inspect(&self.access, &names).await.unwrap();
        let now = seen.clock.unwrap();
        judge(&seen, expected, now)
    }

    async fn failure(&self) -> Finding {
        judge_failure(&self.look(&[]).await.unwrap_err())
    }

    async fn plant(&self, entries: &[GardenEntry]) {
        let change = GardenChange {
            add: entries.to_vec(),
            comment: TAG.to_owned(),
            remove: Vec::new(),
        };
        self.gateway
            .change_garden(&self.access, &change)
            .await
            .unwrap();
    }
}

fn a_garden() -> Vec<GardenEntry> {
    garden("wifi.example.com", &[GatewayKind::Conekta])
}

#[tokio::test]
async fn a_good_router_has_no_findings_on_any_version() {
    for version in [Version::V6_49, Version::V7_17, Version::V7_18] {
        let router = Simulator::builder()
            .version(version)
            .version_text("7.19.4 (stable)")
            .account_with("api", "secret", Policies::operator());
        let router = router.start().await.unwrap();
        let world = World {
            access: access(&router, TlsMode::None),
            gateway: gateway(config()),
            router,
        };
        world.sold("A").await;
        world.plant(&a_garden()).await;
        let expected = Expected {
            profiles: vec!["1hora".to_owned()],
            garden: a_garden(),
            sold: vec![name("A")],
            sold_lately: vec![name("A")],
            returned: vec![name("B")],
            trusts_any_certificate: true,
        };
        assert_eq!(world.findings(&expected).await, [], "{version}");
        let before = world.router.users();
        world.look(&["A"]).await.unwrap();
        assert_eq!(world.router.users(), before, "looking changes nothing");
    }
}

#[tokio::test]
async fn a_router_that_does_not_answer_is_found() {
    let world = World::new().await;
    world.router.unplug(Unplugged::Refused).await.unwrap();
    assert_eq!(world.failure().await, Finding::Unreachable);
    world.router.plug_in().await.unwrap();
    let mut elsewhere = World::new().await;
    elsewhere.access.host = domain::network::Host::parse("169.254.1.1").unwrap();
    assert_eq!(elsewhere.failure().await, Finding::AddressNotAllowed);
}

#[tokio::test]
async fn a_wrong_port_or_certificate_is_found() {
    // As a router that reads a TLS hello on its plain port.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain_port = tokio::spawn(async move {
        let (mut stream, _peer) = listener.accept().await.unwrap();
        let words = b"\x06!fatal\x0dnot logged in\x00";
        stream.write_all(words).await.unwrap();
        stream
    });
    let mut plain = World::new().await;
    plain.access.tls.mode = TlsMode::FirstUse;
    plain.access.port = port;
    let found = plain.failure().await;
    assert_eq!(found, Finding::Tls(TlsTrouble::SpeaksPlain));
    plain_port.await.unwrap();
    let router = Simulator::builder()
        .account("api", "secret")
        .tls(SimTls::SelfSigned);
    let router = router.start().await.unwrap();
    let mut world = World {
        access: access(&router, TlsMode::None),
        gateway: gateway(config()),
        router,
    };
    assert_eq!(world.failure().await, Finding::Tls(TlsTrouble::SpeaksTls));
    world.access.tls.mode = TlsMode::Public;
    assert_eq!(world.failure().await, Finding::Tls(TlsTrouble::Untrusted));
    world.access.tls.mode = TlsMode::FirstUse;
    let expected = Expected {
        trusts_any_certificate: true,
        ..Expected::default()
    };
    let findings = world.findings(&expected).await;
    assert!(
        findings.contains(&Finding::CertificateNotPinned),
        "{findings:?}"
    );
    world.access.tls.fingerprint = Some("ab".repeat(32));
    assert_eq!(world.failure().await, Finding::CertificateChanged);
}

#[tokio::test]
async fn a_wrong_password_and_missing_policies_are_found() {
    let mut world = World::new().await;
    world.access.password = Secret::new("other");
    assert_eq!(world.failure().await, Finding::WrongPassword);
    world.access.password = Secret::new("secret");
    let no_read = Policies::parse("api,write");
    world.router.set_account("api", "secret", no_read);
    assert_eq!(world.failure().await, Finding::MissingPolicy("api,read"));
    world
        .router
        .set_account("api", "secret", Policies::read_only());
    let findings = world.findings(&Expected::default()).await;
    assert!(
        findings.contains(&Finding::MissingPolicy("write")),
        "{findings:?}"
    );
}

#[tokio::test]
async fn device_mode_is_found() {
    let world = World::new().await;
    let blocked = [("hotspot", "false")];
    world
        .router
        .set("/system/device-mode", "", &blocked)
        .unwrap();
    let findings = world.findings(&Expected::default()).await;
    assert_eq!(findings.first(), Some(&Finding::DeviceMode));
}

#[tokio::test]
async fn a_hotspot_that_does_not_run_is_found() {
    let world = World::new().await;
    let found = async || world.findings(&Expected::default()).await;
    let (menu, server) = ("/ip/hotspot", "hotspot1");
    world
        .router
        .set(menu, server, &[("disabled", "true")])
        .unwrap();
    assert_eq!(
        found().await.first(),
        Some(&Finding::HotspotStopped(server.to_owned()))
    );
    world
        .router
        .set(menu, server, &[("disabled", "false"), ("invalid", "true")])
        .unwrap();
    assert_eq!(
        found().await.first(),
        Some(&Finding::HotspotStopped(server.to_owned()))
    );
    world
        .router
        .set(menu, server, &[("invalid", "false")])
        .unwrap();
    world
        .router
        .set("/interface", "bridge", &[("running", "false")])
        .unwrap();
    let nowhere = Finding::HotspotWithoutInterface(server.to_owned());
    assert_eq!(found().await.first(), Some(&nowhere));
    world.router.remove(menu, server);
    assert_eq!(found().await.first(), Some(&Finding::NoHotspot));
}

#[tokio::test]
async fn a_pool_that_runs_out_is_found() {
    let world = World::new().await;
    let pool = [("name", "hs-pool"), ("ranges", "10.5.50.2-10.5.50.21")];
    world.router.add("/ip/pool", &pool).unwrap();
    let dhcp = [
        ("name", "dhcp1"),
        ("interface", "bridge"),
        ("address-pool", "hs-pool"),
    ];
    world.router.add("/ip/dhcp-server", &dhcp).unwrap();
    for last in 2..20 {
        let address = format!("10.5.50.{last}");
        let used = [("pool", "hs-pool"), ("address", address.as_str())];
        world.router.add("/ip/pool/used", &used).unwrap();
    }
    let exhausted = |used| Finding::PoolExhausted {
        pool: "hs-pool".to_owned(),
        used,
        size: 20,
    };
    let findings = world.findings(&Expected::default()).await;
    assert!(
        !findings.contains(&exhausted(18)),
        "two are left: {findings:?}"
    );
    let used = [("pool", "hs-pool"), ("address", "10.5.50.20")];
    world.router.add("/ip/pool/used", &used).unwrap();
    let findings = world.findings(&Expected::default()).await;
    assert!(findings.contains(&exhausted(19)), "{findings:?}");
}

#[tokio::test]
async fn a_missing_profile_is_found() {
    let world = World::new().await;
    let expected = Expected {
        profiles: vec!["1hora".to_owned(), "1dia".to_owned()],
        ..Expected::default()
    };
    let findings = world.findings(&expected).await;
    assert_eq!(
        findings.first(),
        Some(&Finding::ProfileMissing("1dia".to_owned()))
    );
    assert!(!findings.contains(&Finding::ProfileMissing("1hora".to_owned())));
}

#[tokio::test]
async fn a_garden_that_drifted_is_found_and_put_right() {
    let world = World::new().await;
    let expected = Expected {
        garden: a_garden(),
        ..Expected::default()
    };
    let own = [("dst-host", "captive.apple.com"), ("comment", "mine")];
    world.router.add(GardenMenu::Http.path(), &own).unwrap();
    let old = [("dst-host", "old.test"), ("comment", TAG)];
    let old = world.router.add(GardenMenu::Http.path(), &old).unwrap();
    let findings = world.findings(&expected).await;
    let drifted = Finding::GardenDrifted {
        missing: a_garden().len(),
        surplus: 1,
    };
    assert!(findings.contains(&drifted), "{findings:?}");
    let hidden = Finding::PortalHidden("captive.apple.com".to_owned());
    assert!(findings.contains(&hidden), "{findings:?}");

    let rows = world.gateway.garden(&world.access).await.unwrap();
    let strangers = rows.iter().find(|row| row.comment == "mine").unwrap();
    let change = GardenChange {
        add: compare(&a_garden(), &rows).missing,
        comment: TAG.to_owned(),
        // Even if asked for, an entry that is not ours stays.
        remove: vec![
            (GardenMenu::Http, old),
            (GardenMenu::Http, strangers.id.clone()),
        ],
    };
    world
        .gateway
        .change_garden(&world.access, &change)
        .await
        .unwrap();
    let rows = world.gateway.garden(&world.access).await.unwrap();
    let difference = compare(&a_garden(), &rows);
    assert!(difference.is_empty(), "{difference:?}");
    assert_eq!(difference.present.len(), a_garden().len());
    assert!(rows.iter().any(|row| row.comment == "mine"));
}

#[tokio::test]
async fn a_wrong_clock_is_found() {
    let world = World::new().await;
    let seen = world.look(&[]).await.unwrap();
    let clock = seen.clock.unwrap();
    // As the router prints it.
    let row = &world.router.rows("/system/clock")[0];
    let printed = format!("{} {}", row.get("date").unwrap(), row.get("time").unwrap());
    assert!(DateTime::parse(printed.as_bytes()).is_ok());
    let judged = |now: Timestamp| judge(&seen, &Expected::default(), now);
    let later = clock.plus(Duration::from_hours(1));
    assert!(judged(later).contains(&Finding::ClockWrong(-3_600)));
    let earlier = clock.minus(Duration::from_mins(10));
    assert!(judged(earlier).contains(&Finding::ClockWrong(600)));
    let close = judged(clock.plus(Duration::from_mins(4)));
    assert!(
        !close
            .iter()
            .any(|one| matches!(one, Finding::ClockWrong(_)))
    );
}

#[tokio::test]
async fn missing_and_expired_users_are_found() {
    let world = World::new().await;
    for user in ["there", "used", "back", "off"] {
        world.router.add_user(user, "", "1hora").unwrap();
    }
    let menu = "/ip/hotspot/user";
    world
        .router
        .set(menu, "used", &[("limit-bytes-total", "10")])
        .unwrap();
    world
        .router
        .set(menu, "off", &[("disabled", "true")])
        .unwrap();
    world.router.add_host(MAC, IP).unwrap();
    let ip = IP.parse().unwrap();
    world.router.portal_login(ip, "used", "").unwrap();
    world.router.use_traffic(ip, 6, 6).unwrap();
    let expected = Expected {
        sold: vec![name("there"), name("used"), name("gone"), name("long gone")],
        sold_lately: vec![name("there"), name("gone")],
        returned: vec![name("back"), name("off")],
        ..Expected::default()
    };
    let findings = world.findings(&expected).await;
    let missing = Finding::UsersMissing(vec!["gone".to_owned()]);
    assert!(findings.contains(&missing), "{findings:?}");
    let expired = Finding::UsersExpired(vec!["back".to_owned(), "used".to_owned()]);
    assert!(findings.contains(&expired), "{findings:?}");
}

#[tokio::test]
async fn a_version_that_is_known_to_be_bad_is_found() {
    let router = Simulator::builder()
        .version(Version::V6_42)
        .version_text("6.42 (stable)")
        .account("api", "secret");
    let router = router.start().await.unwrap();
    let world = World {
        access: access(&router, TlsMode::None),
        gateway: gateway(config()),
        router,
    };
    let findings = world.findings(&Expected::default()).await;
    let Some(Finding::VersionKnownBad { version, names }) = findings.last() else {
        panic!("{findings:?}");
    };
    assert_eq!(version, "6.42 (stable)");
    assert!(names.contains(&"CVE-2018-14847"), "{names:?}");
}

#[tokio::test]
async fn one_customer_is_followed() {
    let world = World::new().await;
    let ask = async |user: &str| {
        let name = name(user);
        let asked = world.gateway.customer(&world.access, &name, Some(mac()));
        asked.await.unwrap()
    };
    let nobody = ask("A").await;
    assert_eq!((nobody.user, nobody.device_is_seen), (None, Some(false)));
    let user = world.sold("A").await;
    world.router.add_host(MAC, IP).unwrap();
    let login = device(&user);
    world
        .gateway
        .connect_device(&world.access, &login, true)
        .await
        .unwrap();
    let facts = ask("A").await;
    assert_eq!(facts.device_is_seen, Some(true));
    assert_eq!(facts.sessions.len(), 1);
    assert_eq!(facts.sessions[0].mac, Some(mac()));
    let user = facts.user.unwrap();
    assert_eq!(user.profile.as_deref(), Some("1hora"));
    assert!(!user.is_disabled && !user.is_used_up);
}
