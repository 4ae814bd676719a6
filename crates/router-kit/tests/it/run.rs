//! The script on a router: twice, and then a sale through what it made.

use std::sync::Arc;

use domain::credentials::HotspotName;
use domain::ids::TenantId;
use domain::network::{Host, MacAddress};
use domain::router::{RouterTls, TlsMode};
use domain::secret::Secret;
use fakes::SeededRandom;
use hotspot_routeros::config::HotspotConfig;
use hotspot_routeros::gateway::RouterOsHotspot;
use ports::hotspot::{
    Activation, ActivationRequest, DeviceConnection, DeviceLogin, HotspotGateway, Ownership,
    Reservation, RouterAccess,
};
use router_kit::garden::{TAG, garden};
use router_kit::pages::login_page;
use router_kit::setup::{API_GROUP, ApiUser, SetupInputs, SetupStep, script};
use routeros_client::{ConnectOptions, blocking};
use routeros_sim::{SimRow, Simulator, Version};
use tokio::runtime::Handle;

use crate::interpreter::Console;
use crate::parser::parse;
use crate::world::{COMPANY, PASSWORD, inputs, portal, router_id};

/// What an operator has before: a hotspot by the wizard, DHCP, and things of its own.
async fn router(version: Version) -> Simulator {
    let router = Simulator::builder().version(version).account("admin", "x");
    let router = router.start().await.unwrap();
    let login = [("name", "hotspot/login.html"), ("contents", "<html>")];
    router.add("/file", &login).unwrap();
    let dhcp = [("name", "dhcp1"), ("interface", "bridge")];
    router.add("/ip/dhcp-server", &dhcp).unwrap();
    let own = [("dst-host", "*.example.org"), ("comment", "mine")];
    router.add("/ip/hotspot/walled-garden", &own).unwrap();
    let old = [("dst-host", "old.test"), ("comment", TAG)];
    router.add("/ip/hotspot/walled-garden", &old).unwrap();
    router
}

/// Everything that can be pasted but the removal of earlier users.
const PASTED: [SetupStep; 6] = [
    SetupStep::User,
    SetupStep::Api,
    SetupStep::Hotspot,
    SetupStep::Profiles,
    SetupStep::Garden,
    SetupStep::Dhcp,
];

/// Pastes a script as the operator; answers what the terminal shows.
async fn paste(router: &Simulator, script: String) -> Vec<String> {
    let address = router.addr();
    let pasted = tokio::task::spawn_blocking(move || {
        let host = address.ip().to_string();
        let options = ConnectOptions::new(host, address.port(), "admin", "x");
        let mut client = blocking::connect(&options).unwrap();
        let mut console = Console::new(&mut client);
        console.run(&parse(script.as_bytes()).unwrap());
        console.output
    });
    pasted.await.unwrap()
}

/// All rows of a router, but for what counts what goes on there.
fn state(router: &Simulator) -> Vec<(&'static str, Vec<SimRow>)> {
    let menus = router.menus();
    let lasting = menus.into_iter().filter(|menu| {
        !["/user/active", "/system/resource", "/system/clock", "/log"].contains(menu)
    });
    lasting.map(|menu| (menu, router.rows(menu))).collect()
}

fn access(router: &Simulator) -> RouterAccess {
    RouterAccess {
        router_id: router_id(),
        tenant_id: TenantId::from_random([1; 5]),
        version: 1,
        host: Host::parse("127.0.0.1").unwrap(),
        port: router.addr().port(),
        username: "wifi-k7q2m9".to_owned(),
        password: Secret::new(PASSWORD),
        tls: RouterTls {
            mode: TlsMode::None,
            ca_pem: None,
            fingerprint: None,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_makes_a_router_sell_and_may_be_pasted_twice() {
    for version in [Version::V6_49, Version::V7_17, Version::V7_18] {
        let router = router(version).await;
        let output = paste(&router, script(&inputs(), &PASTED)).await;
        assert_eq!(output.len(), 1, "{output:?}");
        let first = state(&router);
        paste(&router, script(&inputs(), &PASTED)).await;
        assert_eq!(state(&router), first, "{version}");

        let user = &router.rows("/user")[0];
        assert_eq!(user.get("group"), Some(API_GROUP));
        let groups = router.rows("/user/group");
        let group = groups.iter().find(|row| row.get("name") == Some(API_GROUP));
        assert_eq!(group.unwrap().get("policy"), Some("read,write,api"));
        let file = &router.rows("/file")[0];
        let page = login_page(&portal(), COMPANY);
        assert_eq!(file.get("contents"), Some(page.as_str()));
        let profile = &router.rows("/ip/hotspot/profile")[1];
        assert_eq!(
            profile.get("login-by"),
            Some("cookie,http-chap,http-pap,mac-cookie")
        );
        let profiles = router.profiles();
        let names: Vec<_> = profiles.iter().filter_map(|row| row.get("name")).collect();
        assert_eq!(names, ["default", "1hora", "día \"$x\""]);
        assert_eq!(
            profiles[1].get("rate-limit"),
            Some("2M/5M"),
            "left as it was"
        );
        let services = router.rows("/ip/service");
        assert_eq!(services[1].get("certificate"), Some("wifi-ventas-api"));
        assert!(router.rows("/certificate")[0].get("fingerprint").is_some());
        let option = &router.rows("/ip/dhcp-server/option")[0];
        assert_eq!(option.get("code"), Some("114"));
        let value = option.get("value").unwrap().strip_prefix("0x").unwrap();
        let address = portal().captive_api().unwrap();
        let bytes: Vec<String> = address.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(value, bytes.concat());
        let server = &router.rows("/ip/dhcp-server")[0];
        assert_eq!(server.get("dhcp-option-set"), Some("wifi-ventas-portal"));

        sell(&router).await;
    }
}

/// Reserves, enables and logs a phone in, as the user that the script made.
async fn sell(router: &Simulator) {
    let config = HotspotConfig {
        allowed_networks: "127.0.0.0/8".parse().unwrap(),
        ..HotspotConfig::default()
    };
    let gateway = RouterOsHotspot::new(config, Handle::current(), Arc::new(SeededRandom::new(7)));
    let access = access(router);
    let reservation = Reservation {
        candidates: vec![HotspotName::from_stored("PT-7K2MQ")],
        password: Secret::new("0481"),
        profile: "día \"$x\"".to_owned(),
        comment: "reserva 7f".to_owned(),
    };
    let reserved = gateway.reserve(&access, &reservation).await.unwrap();
    let request = ActivationRequest {
        user: reserved.user.clone(),
        ownership: Ownership {
            id: Some(reserved.user.id.clone()),
            comment: reservation.comment.clone(),
            password: Some(reservation.password.clone()),
            profile: reservation.profile.clone(),
        },
        just_reserved: true,
    };
    let activation = gateway.activate(&access, &request).await.unwrap();
    assert_eq!(activation, Activation::Active(reserved.user.id));
    let mac = "AA:BB:CC:00:11:22";
    router.add_host(mac, "10.5.50.9").unwrap();
    let login = DeviceLogin {
        name: reserved.user.name.clone(),
        password: Secret::new("0481"),
        mac: MacAddress::parse(mac).unwrap(),
        ip: None,
    };
    let connection = gateway.connect_device(&access, &login, true).await.unwrap();
    assert!(
        matches!(connection, DeviceConnection::Connected(_)),
        "{connection:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_garden_is_ours_alone_to_change() {
    let router = router(Version::V7_18).await;
    let first = SetupInputs {
        gateways: vec![domain::gateway::GatewayKind::MercadoPago],
        ..inputs()
    };
    paste(&router, script(&first, &[SetupStep::Garden])).await;
    paste(&router, script(&inputs(), &[SetupStep::Garden])).await;
    let mut rows = router.rows("/ip/hotspot/walled-garden");
    rows.extend(router.rows("/ip/hotspot/walled-garden/ip"));
    let (ours, others): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row.get("comment") == Some(TAG));
    assert_eq!(others.len(), 1, "the operator's entry stays");
    let wanted = garden("wifi.example.com", &inputs().gateways);
    assert_eq!(ours.len(), wanted.len());
    assert!(
        !ours
            .iter()
            .any(|row| row.get("dst-host") == Some("old.test"))
    );
    let without = SetupInputs {
        gateways: Vec::new(),
        ..inputs()
    };
    paste(&router, script(&without, &[SetupStep::Garden])).await;
    assert_eq!(router.count("/ip/hotspot/walled-garden"), 2);
    assert_eq!(router.count("/ip/hotspot/walled-garden/ip"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_present_user_stays_until_it_is_told_to_go() {
    let router = router(Version::V6_49).await;
    for (name, present) in [("wifi-first", "api"), ("wifi-second", "wifi-first")] {
        let inputs = SetupInputs {
            new_user: Some(ApiUser {
                name: name.to_owned(),
                password: Secret::new("x"),
            }),
            present_user: present.to_owned(),
            ..inputs()
        };
        paste(&router, script(&inputs, &PASTED)).await;
    }
    assert_eq!(router.count("/user"), 2, "both work");
    let now = SetupInputs {
        present_user: "wifi-second".to_owned(),
        ..inputs()
    };
    paste(&router, script(&now, &[SetupStep::Cleanup])).await;
    let users = router.rows("/user");
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].get("name"), Some("wifi-second"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_is_left_and_what_is_missing_is_told() {
    let router = router(Version::V7_18).await;
    let own = [("certificate", "mine")];
    router.set("/ip/service", "api-ssl", &own).unwrap();
    let set = [("name", "mine")];
    router.add("/ip/dhcp-server/option/sets", &set).unwrap();
    let with_set = [("dhcp-option-set", "mine")];
    router.set("/ip/dhcp-server", "dhcp1", &with_set).unwrap();
    router.remove("/file", "hotspot/login.html");
    let output = paste(&router, script(&inputs(), &PASTED)).await;
    assert!(
        output[0].contains("Falta login.html en hotspot"),
        "{output:?}"
    );
    assert_eq!(
        router.rows("/ip/service")[1].get("certificate"),
        Some("mine")
    );
    assert_eq!(router.count("/certificate"), 0);
    assert_eq!(
        router.rows("/ip/dhcp-server")[0].get("dhcp-option-set"),
        Some("mine")
    );
    router.remove("/ip/hotspot", "hotspot1");
    let output = paste(&router, script(&inputs(), &[SetupStep::Hotspot])).await;
    assert!(output[0].contains("/ip hotspot setup"), "{output:?}");
}
