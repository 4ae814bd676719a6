//! Inputs of a script.

use domain::gateway::GatewayKind;
use domain::ids::RouterId;
use domain::router::TlsMode;
use domain::secret::Secret;
use router_kit::portal::Portal;
use router_kit::setup::{ApiUser, SetupInputs, SetupStep};

pub(crate) const COMPANY: &str = "Café \"El $Ñandú\" [2] \\ #1?";
pub(crate) const PASSWORD: &str = "k7Q2m9X4t8R6w3Z5";

pub(crate) fn router_id() -> RouterId {
    RouterId::from_random([1; 4])
}

pub(crate) fn portal() -> Portal {
    Portal::new("https://wifi.example.com", &router_id()).unwrap()
}

pub(crate) fn inputs() -> SetupInputs {
    SetupInputs {
        company: COMPANY.to_owned(),
        router_name: "Patio".to_owned(),
        portal: portal(),
        new_user: Some(ApiUser {
            name: "wifi-k7q2m9".to_owned(),
            password: Secret::new(PASSWORD),
        }),
        present_user: "api".to_owned(),
        port: 8729,
        tls: TlsMode::FirstUse,
        server_addresses: Vec::new(),
        profiles: vec!["1hora".to_owned(), "día \"$x\"".to_owned()],
        gateways: vec![GatewayKind::Conekta, GatewayKind::MercadoPago],
    }
}

pub(crate) const ALL_STEPS: [SetupStep; 7] = [
    SetupStep::User,
    SetupStep::Api,
    SetupStep::Hotspot,
    SetupStep::Profiles,
    SetupStep::Garden,
    SetupStep::Dhcp,
    SetupStep::Cleanup,
];
