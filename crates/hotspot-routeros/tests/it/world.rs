//! A router, the adapter, and what they talk about.

use std::sync::Arc;
use std::time::Duration;

use domain::credentials::HotspotName;
use domain::ids::{RouterId, TenantId};
use domain::network::{Host, MacAddress};
use domain::router::{RouterTls, TlsMode};
use domain::secret::Secret;
use fakes::SeededRandom;
use hotspot_routeros::config::HotspotConfig;
use hotspot_routeros::gateway::RouterOsHotspot;
use ports::hotspot::{
    Activation, ActivationRequest, DeviceLogin, HotspotError, HotspotGateway, HotspotUser,
    Ownership, Reconnection, Removal, Reservation, RouterAccess,
};
use routeros_sim::{SimRow, Simulator, Version};
use tokio::runtime::Handle;

pub(crate) const USER_ADD: &str = "/ip/hotspot/user/add";
pub(crate) const USER_SET: &str = "/ip/hotspot/user/set";
pub(crate) const LOGIN: &str = "/ip/hotspot/active/login";
pub(crate) const MAC: &str = "AA:BB:CC:00:11:22";
pub(crate) const IP: &str = "10.5.50.9";
pub(crate) const COMMENT: &str = "reserva 7f";

pub(crate) struct World {
    pub(crate) router: Simulator,
    pub(crate) gateway: RouterOsHotspot,
    pub(crate) access: RouterAccess,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Version::V7_18).await
    }

    pub(crate) async fn of(version: Version) -> Self {
        let router = Simulator::builder()
            .version(version)
            .account("api", "secret");
        let router = router.start().await.unwrap();
        let access = access(&router, TlsMode::None);
        let gateway = gateway(config());
        Self {
            router,
            gateway,
            access,
        }
    }

    /// Makes sure that there is a connection, and counts from here.
    pub(crate) async fn warm(&self) {
        self.gateway.profiles(&self.access).await.unwrap();
        self.router.reset_counters();
    }

    /// A user that was sold, and its id.
    pub(crate) async fn sold(&self, name: &str) -> HotspotUser {
        let user = self
            .gateway
            .reserve(&self.access, &reservation(&[name]))
            .await
            .unwrap()
            .user;
        self.activate(&user).await.unwrap();
        user
    }

    /// Enables the user as the request does that reserved it.
    pub(crate) async fn activate(&self, user: &HotspotUser) -> Result<Activation, HotspotError> {
        let request = activation(user, true);
        self.gateway.activate(&self.access, &request).await
    }

    /// Enables the user as anybody else does.
    pub(crate) async fn activate_later(
        &self,
        user: &HotspotUser,
    ) -> Result<Activation, HotspotError> {
        let request = activation(user, false);
        self.gateway.activate(&self.access, &request).await
    }

    /// The users that carry our comment.
    pub(crate) fn reserved(&self) -> Vec<SimRow> {
        let mut users = self.router.users();
        users.retain(|user| user.get("comment") == Some(COMMENT));
        users
    }
}

pub(crate) fn config() -> HotspotConfig {
    HotspotConfig {
        allowed_networks: "127.0.0.0/8,::1/128".parse().unwrap(),
        verify_for: Duration::from_millis(30),
        verify_every: Duration::from_millis(10),
        ..HotspotConfig::default()
    }
}

pub(crate) fn gateway(config: HotspotConfig) -> RouterOsHotspot {
    RouterOsHotspot::new(config, Handle::current(), Arc::new(SeededRandom::new(7)))
}

pub(crate) fn access(router: &Simulator, mode: TlsMode) -> RouterAccess {
    RouterAccess {
        router_id: RouterId::from_random([1; 4]),
        tenant_id: TenantId::from_random([1; 5]),
        version: 1,
        host: Host::parse("127.0.0.1").unwrap(),
        port: router.addr().port(),
        username: "api".to_owned(),
        password: Secret::new("secret"),
        tls: RouterTls {
            mode,
            ca_pem: None,
            fingerprint: None,
        },
    }
}

pub(crate) fn reservation(names: &[&str]) -> Reservation {
    Reservation {
        candidates: names
            .iter()
            .map(|name| HotspotName::from_stored(*name))
            .collect(),
        password: Secret::new("0481"),
        profile: "1hora".to_owned(),
        comment: COMMENT.to_owned(),
    }
}

pub(crate) fn removal(names: &[&str], id: Option<&str>) -> Removal {
    Removal {
        names: names
            .iter()
            .map(|name| HotspotName::from_stored(*name))
            .collect(),
        ownership: ownership(id),
    }
}

pub(crate) fn ownership(id: Option<&str>) -> Ownership {
    Ownership {
        id: id.map(str::to_owned),
        comment: COMMENT.to_owned(),
        password: Some(Secret::new("0481")),
        profile: "1hora".to_owned(),
    }
}

pub(crate) fn activation(user: &HotspotUser, just_reserved: bool) -> ActivationRequest {
    ActivationRequest {
        user: user.clone(),
        ownership: ownership(Some(&user.id)),
        just_reserved,
    }
}

pub(crate) fn mac() -> MacAddress {
    MacAddress::parse(MAC).unwrap()
}

pub(crate) fn device(user: &HotspotUser) -> DeviceLogin {
    DeviceLogin {
        name: user.name.clone(),
        password: Secret::new("0481"),
        mac: mac(),
        ip: None,
    }
}

pub(crate) fn returning(name: &str, password: &str) -> Reconnection {
    Reconnection {
        base_name: name.to_owned(),
        password: Secret::new(password),
        known_password: None,
        mac: mac(),
        ip: None,
    }
}
