use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::credentials::HotspotName;
use domain::ids::{RouterId, TenantId};
use domain::network::{Host, MacAddress};
use domain::router::{RouterTls, TlsMode};
use domain::secret::Secret;
use fakes::FakeHotspot;
use fakes::fault::{Fault, Lost};
use fakes::hotspot::{Command, Reply, RouterLink, RouterNetwork, Routers};
use futures::executor::block_on;
use ports::hotspot::{
    Activation, ActivationRequest, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway,
    HotspotUser, NotConnected, Ownership, Removal, RemovalOutcome, Reservation, RouterAccess,
};

fn router() -> RouterAccess {
    RouterAccess {
        router_id: RouterId::from_random([1; 4]),
        tenant_id: TenantId::from_random([1; 5]),
        version: 1,
        host: Host::from_stored("192.0.2.1"),
        port: 8728,
        username: "api".to_owned(),
        password: Secret::new("x"),
        tls: RouterTls {
            mode: TlsMode::None,
            ca_pem: None,
            fingerprint: None,
        },
    }
}

fn name(text: &str) -> HotspotName {
    HotspotName::from_stored(text)
}

fn reservation(candidates: &[&str]) -> Reservation {
    Reservation {
        candidates: candidates.iter().map(|text| name(text)).collect(),
        password: Secret::new("pw"),
        profile: "1hora".to_owned(),
        comment: "reserva 1".to_owned(),
    }
}

fn removal(user: &HotspotUser) -> Removal {
    Removal {
        names: vec![user.name.clone()],
        ownership: ownership(user),
    }
}

fn ownership(user: &HotspotUser) -> Ownership {
    Ownership {
        id: Some(user.id.clone()),
        comment: "reserva 1".to_owned(),
        password: Some(Secret::new("pw")),
        profile: "1hora".to_owned(),
    }
}

fn activation(user: &HotspotUser, just_reserved: bool) -> ActivationRequest {
    ActivationRequest {
        user: user.clone(),
        ownership: ownership(user),
        just_reserved,
    }
}

fn login(user: &HotspotUser, password: &str) -> DeviceLogin {
    DeviceLogin {
        name: user.name.clone(),
        password: Secret::new(password),
        mac: MacAddress::parse("02:00:00:00:00:01").unwrap(),
        ip: None,
    }
}

/// Loses the answers to the first commands that add a user; the commands themselves arrive.
struct LosesAnswers {
    routers: Arc<Mutex<Routers>>,
    left: Arc<Mutex<u32>>,
}

struct Link(LosesAnswers, RouterId);

impl RouterNetwork for LosesAnswers {
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink> {
        let copy = Self {
            routers: Arc::clone(&self.routers),
            left: Arc::clone(&self.left),
        };
        Box::new(Link(copy, router.router_id.clone()))
    }
}

#[async_trait]
impl RouterLink for Link {
    async fn send(&self, command: Command) -> Result<Reply, Lost> {
        let reply = self.0.routers.lock().unwrap().execute(&self.1, &command);
        let mut left = self.0.left.lock().unwrap();
        if matches!(command, Command::Add { .. }) && *left > 0 {
            *left -= 1;
            return Err(Lost::Broken);
        }
        Ok(reply)
    }
}

#[test]
fn a_user_is_reserved_disabled_then_enabled_then_removed_with_its_session() {
    let hotspot = FakeHotspot::new();
    let user = block_on(hotspot.reserve(&router(), &reservation(&["a"])))
        .unwrap()
        .user;
    let refused = block_on(hotspot.connect_device(&router(), &login(&user, "pw"), true));
    assert_eq!(
        refused,
        Ok(DeviceConnection::NotConnected(NotConnected::Disabled))
    );
    assert!(hotspot.enabled_users().is_empty());
    assert_eq!(
        block_on(hotspot.activate(&router(), &activation(&user, true))),
        Ok(Activation::Active(user.id.clone()))
    );
    assert_eq!(hotspot.user("a").unwrap().comment, "");
    let wrong = block_on(hotspot.connect_device(&router(), &login(&user, "no"), true));
    assert_eq!(
        wrong,
        Ok(DeviceConnection::NotConnected(NotConnected::Refused))
    );
    let connected = block_on(hotspot.connect_device(&router(), &login(&user, "pw"), true));
    assert!(matches!(connected, Ok(DeviceConnection::Connected(_))));
    {
        let mut routers = hotspot.routers().lock().unwrap();
        let held = routers.of(&router().router_id);
        assert!(held.sessions.contains_key("a") && held.cookies.contains("a"));
    }
    let removed = block_on(hotspot.remove(&router(), &removal(&user)));
    assert_eq!(removed, Ok(RemovalOutcome::Gone));
    let mut routers = hotspot.routers().lock().unwrap();
    let held = routers.of(&router().router_id);
    assert!(held.users.is_empty() && held.sessions.is_empty() && held.cookies.is_empty());
}

#[test]
fn a_taken_name_leads_to_the_next_and_is_left_alone() {
    let hotspot = FakeHotspot::new();
    let id = router().router_id;
    hotspot.routers().lock().unwrap().add_foreign(&id, "a");
    let both = block_on(hotspot.reserve(&router(), &reservation(&["a", "b"])));
    assert_eq!(both.unwrap().user.name, name("b"));
    let taken = block_on(hotspot.reserve(&router(), &reservation(&["a"])));
    assert_eq!(taken, Err(HotspotError::NamesTaken));
    let foreign = HotspotUser {
        name: name("a"),
        id: "*99".to_owned(),
    };
    let left = block_on(hotspot.remove(&router(), &removal(&foreign)));
    assert_eq!(left, Ok(RemovalOutcome::Foreign));
    assert!(hotspot.user("a").is_some());
}

#[test]
fn a_lost_answer_is_resolved_by_looking_the_name_up() {
    let routers = Arc::<Mutex<Routers>>::default();
    let network = LosesAnswers {
        routers: Arc::clone(&routers),
        left: Arc::new(Mutex::new(1)),
    };
    let hotspot = FakeHotspot::over(routers, Arc::new(network));
    let reserved = block_on(hotspot.reserve(&router(), &reservation(&["a", "b"]))).unwrap();
    assert_eq!(reserved.user.name, name("a"));
    assert!(!reserved.may_be_added_again, "the lost command did arrive");
    assert!(hotspot.user("b").is_none());
}

#[test]
fn faults_come_before_or_after_the_effect() {
    let hotspot = FakeHotspot::new();
    hotspot.fail("reserve", HotspotError::TimedOut);
    let reserve = || block_on(hotspot.reserve(&router(), &reservation(&["a"])));
    assert_eq!(reserve(), Err(HotspotError::TimedOut));
    assert!(hotspot.user("a").is_none());
    hotspot.set_faults(|call| {
        (call.operation == "reserve").then_some(Fault::After(HotspotError::TimedOut))
    });
    assert_eq!(reserve(), Err(HotspotError::TimedOut));
    assert!(hotspot.user("a").unwrap().is_disabled);
    hotspot.fail_all(HotspotError::Unreachable);
    assert_eq!(
        block_on(hotspot.probe(&router())),
        Err(HotspotError::Unreachable)
    );
    hotspot.recover();
    assert!(block_on(hotspot.probe(&router())).is_ok());
    assert_eq!(hotspot.last_access(), Some(router()));
    assert!(reserve().is_ok(), "our own reservation is found again");
}

#[test]
fn a_device_that_is_not_on_the_hotspot_is_not_logged_in() {
    let hotspot = FakeHotspot::new();
    let user = block_on(hotspot.reserve(&router(), &reservation(&["a"])))
        .unwrap()
        .user;
    block_on(hotspot.activate(&router(), &activation(&user, true))).unwrap();
    let login = login(&user, "pw");
    let id = router().router_id;
    let mut routers = hotspot.routers().lock().unwrap();
    routers.of(&id).absent_hosts.push(login.mac);
    drop(routers);
    let outcome = block_on(hotspot.connect_device(&router(), &login, true));
    assert_eq!(
        outcome,
        Ok(DeviceConnection::NotConnected(NotConnected::HostUnknown))
    );
}

#[test]
fn a_profile_that_the_router_lacks_is_told() {
    let hotspot = FakeHotspot::new();
    let unknown = Reservation {
        profile: "2horas".to_owned(),
        ..reservation(&["a"])
    };
    let outcome = block_on(hotspot.reserve(&router(), &unknown));
    assert_eq!(outcome, Err(HotspotError::ProfileMissing));
}

#[test]
fn after_a_restore_an_id_alone_enables_nobody() {
    let hotspot = FakeHotspot::new();
    let id = router().router_id;
    let mut routers = hotspot.routers().lock().unwrap();
    routers.add_foreign(&id, "stranger");
    drop(routers);
    let user = block_on(hotspot.reserve(&router(), &reservation(&["a"])))
        .unwrap()
        .user;
    hotspot.routers().lock().unwrap().of(&id).restore();
    let (restored, stranger) = (
        hotspot.user("a").unwrap(),
        hotspot.user("stranger").unwrap(),
    );
    assert_eq!(
        (stranger.id, restored.id != user.id),
        (user.id.clone(), true)
    );
    let outcome = block_on(hotspot.activate(&router(), &activation(&user, false)));
    assert_eq!(outcome, Ok(Activation::Active(restored.id)));
    assert!(!hotspot.user("a").unwrap().is_disabled);
}
