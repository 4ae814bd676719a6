//! Setting routers up and looking after them.

use std::time::Duration;

use application::jobs::router_checks::check_routers;
use application::operator::customer_diagnosis::{Verdict, diagnose_customer};
use application::operator::diagnosis::{Finding, diagnose};
use application::operator::router_kit::{SetupStep, setup_script};
use application::operator::routers::{RouterError, list_own_checks, list_own_routers};
use application::operator::walled_garden::{
    GardenMenu, GardenRow, apply_garden, garden_difference,
};
use domain::ids::RouterId;
use domain::router::RouterStatus;
use futures::executor::block_on;
use ports::hotspot::{HotspotError, RouterAccess, RouterProbe};
use ports::router_admin::{CustomerFacts, CustomerSession, HotspotServer, Inspection, UserFacts};

use crate::harness::{Mocks, NotificationKind, OPERATOR, OWNER, Shop, log_in, new_operator};

/// A router that knows its first user and one that a script makes once it is pasted.
fn shop() -> (Shop, Accounts) {
    let accounts = Accounts::default();
    let known = accounts.clone();
    let shop = Shop::new(move |mocks: &mut Mocks| {
        mocks
            .hotspot
            .expect_probe()
            .returning(move |access| known.log_in(access));
    });
    (shop, accounts)
}

/// Which users have been made on the router: name and password.
#[derive(Clone, Default)]
struct Accounts(std::sync::Arc<std::sync::Mutex<Vec<(String, String)>>>);

impl Accounts {
    fn log_in(&self, access: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        let given = (access.username.clone(), access.password.expose().to_owned());
        if self.0.lock().unwrap().contains(&given) {
            Ok(RouterProbe {
                identity: "r".to_owned(),
                profile_count: 1,
                version: None,
                fingerprint: None,
            })
        } else {
            Err(HotspotError::LoginRefused)
        }
    }

    /// Pastes a script: only its user matters here.
    fn paste(&self, script: &str) -> String {
        let after = |mark: &str| {
            let (_before, rest) = script.split_once(mark).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let name = after("/user add name=\"");
        let user = (name.clone(), after("password=\""));
        self.0.lock().unwrap().push(user);
        name
    }
}

fn good() -> Inspection {
    Inspection {
        may_write: true,
        profiles: vec!["1hora".to_owned()],
        servers: vec![HotspotServer {
            name: "hotspot1".to_owned(),
            interface: Some("bridge".to_owned()),
            interface_is_running: true,
            is_running: true,
        }],
        ..Inspection::default()
    }
}

fn script(shop: &Shop, step: Option<SetupStep>) -> String {
    let session = log_in(&shop.app, OPERATOR);
    block_on(setup_script(
        &shop.app,
        session,
        &shop.router.id,
        step,
        Vec::new(),
    ))
    .unwrap()
}

fn look(shop: &Shop) -> application::operator::diagnosis::Diagnosis {
    let session = log_in(&shop.app, OPERATOR);
    block_on(diagnose(&shop.app, session, &shop.router.id)).unwrap()
}

fn user_of(shop: &Shop) -> String {
    let routers = block_on(list_own_routers(&shop.app, &shop.operator)).unwrap();
    routers.first().unwrap().username.clone()
}

#[test]
fn the_old_user_works_until_the_new_one_has_logged_in() {
    let (shop, accounts) = shop();
    let first = script(&shop, None);
    assert!(first.contains("policy=read,write,api"), "{first}");
    // Not pasted: nothing changes, however often somebody looks.
    look(&shop);
    assert_eq!(user_of(&shop), "api");
    let name = accounts.paste(&first);
    let diagnosis = look(&shop);
    assert_eq!(diagnosis.router.username, name);
    assert_eq!(user_of(&shop), name);
}

#[test]
fn whichever_of_several_scripts_is_pasted_its_user_is_found() {
    let (shop, accounts) = shop();
    let scripts = [None, Some(SetupStep::User), None].map(|step| {
        shop.clock.advance(Duration::from_secs(1));
        script(&shop, step)
    });
    let second = accounts.paste(&scripts[1]);
    look(&shop);
    assert_eq!(user_of(&shop), second);
    // The newest may still be pasted, and the oldest is out of date.
    accounts.paste(&scripts[0]);
    look(&shop);
    assert_eq!(user_of(&shop), second);
    let third = accounts.paste(&scripts[2]);
    look(&shop);
    assert_eq!(user_of(&shop), third);
}

#[test]
fn a_step_without_the_user_makes_none() {
    let (shop, _accounts) = shop();
    for step in [SetupStep::Garden, SetupStep::Cleanup, SetupStep::Hotspot] {
        let text = script(&shop, Some(step));
        assert!(!text.contains("password="), "{text}");
    }
    assert!(script(&shop, Some(SetupStep::Cleanup)).contains("name!=\"api\""));
}

#[test]
fn owners_and_the_platform_reach_a_router_and_nobody_else() {
    let (shop, _accounts) = shop();
    new_operator(&shop.app, &shop.owner, "otra@x.test");
    for (email, id, is_found) in [
        (OWNER, shop.router.id.clone(), true),
        (OPERATOR, shop.router.id.clone(), true),
        ("otra@x.test", shop.router.id.clone(), false),
        (OWNER, RouterId::from_random([9; 4]), false),
    ] {
        let session = log_in(&shop.app, email);
        let outcome = block_on(setup_script(&shop.app, session, &id, None, Vec::new()));
        match outcome {
            Ok(_) => assert!(is_found, "{email}"),
            Err(RouterError::NotFound) => assert!(!is_found, "{email}"),
            Err(other) => panic!("{email}: {other}"),
        }
    }
}

#[test]
fn a_garden_is_compared_and_put_right() {
    let (shop, _accounts) = shop();
    let (app, id) = (&shop.app, &shop.router.id);
    let own = GardenRow {
        id: "*1".to_owned(),
        menu: GardenMenu::Http,
        host: "mine.test".to_owned(),
        comment: String::new(),
        is_open: true,
    };
    shop.router_admin.plant(id, own.clone());
    let before = block_on(garden_difference(app, log_in(app, OPERATOR), id)).unwrap();
    assert!(
        before
            .missing
            .iter()
            .any(|entry| entry.host == "wifi.example.com")
    );
    assert!(
        before
            .missing
            .iter()
            .any(|entry| entry.host == "*.mlstatic.com")
    );
    assert!(
        before
            .missing
            .iter()
            .any(|entry| entry.host == "*.conekta.io")
    );
    let left = block_on(apply_garden(app, log_in(app, OPERATOR), id)).unwrap();
    assert!(left.is_empty());
    assert!(shop.router_admin.garden_of(id).contains(&own));
    shop.router_admin.fail(Some(HotspotError::Unreachable));
    let refusal = block_on(apply_garden(app, log_in(app, OPERATOR), id));
    assert!(matches!(refusal, Err(RouterError::Unreadable { .. })));
}

#[test]
fn a_router_that_goes_down_and_comes_back_is_told_once_each() {
    let (shop, _accounts) = shop();
    let garden = log_in(&shop.app, OPERATOR);
    block_on(apply_garden(&shop.app, garden, &shop.router.id)).unwrap();
    shop.router_admin.show(good());
    let status = || {
        let checks = block_on(list_own_checks(&shop.app, &shop.operator)).unwrap();
        checks[0].outcome.unwrap()
    };
    let check_after = |span: Duration| {
        shop.clock.advance(span);
        block_on(check_routers(&shop.app)).unwrap();
        shop.notifications()
    };
    assert_eq!(check_after(Duration::ZERO), []);
    assert_eq!(status().status, RouterStatus::Good);
    shop.router_admin.fail(Some(HotspotError::TimedOut));
    assert_eq!(
        check_after(Duration::from_mins(30)),
        [],
        "it is checked by night"
    );
    assert_eq!(
        check_after(Duration::from_hours(24)),
        [NotificationKind::RouterDown]
    );
    let down_since = status().since;
    for _ in 0..3 {
        assert_eq!(check_after(Duration::from_mins(10)), []);
    }
    assert_eq!(
        (status().status, status().since),
        (RouterStatus::Down, down_since)
    );
    shop.router_admin.fail(None);
    assert_eq!(
        check_after(Duration::from_mins(10)),
        [NotificationKind::RouterBack]
    );
    assert_eq!(check_after(Duration::from_hours(24)), []);
}

#[test]
fn after_a_script_was_made_its_user_is_soon_taken_over() {
    let (shop, accounts) = shop();
    shop.router_admin.show(good());
    block_on(check_routers(&shop.app)).unwrap();
    let text = script(&shop, None);
    let name = accounts.paste(&text);
    shop.clock.advance(Duration::from_mins(1));
    block_on(check_routers(&shop.app)).unwrap();
    assert_eq!(user_of(&shop), name);
}

#[test]
fn a_customers_case_is_followed_to_the_router() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
    });
    shop.buy("tok_1");
    let purchase = shop.purchase();
    let verdict = |facts: CustomerFacts| {
        shop.router_admin.show_customer(facts);
        let found = diagnose_customer(&shop.app, &shop.operator, purchase.id());
        block_on(found).unwrap().unwrap().verdict
    };
    let user = UserFacts {
        name: purchase.access().name.as_str().to_owned(),
        profile: Some("1hora".to_owned()),
        is_disabled: false,
        is_used_up: false,
        uptime: None,
        limit_uptime: None,
    };
    let with = |user: UserFacts| CustomerFacts {
        user: Some(user),
        ..CustomerFacts::default()
    };
    assert_eq!(verdict(CustomerFacts::default()), Verdict::UserMissing);
    assert_eq!(verdict(with(user.clone())), Verdict::ReadyToLogIn);
    let off = UserFacts {
        is_disabled: true,
        ..user.clone()
    };
    assert_eq!(verdict(with(off)), Verdict::UserDisabled);
    let exhausted = UserFacts {
        is_used_up: true,
        ..user.clone()
    };
    assert_eq!(verdict(with(exhausted)), Verdict::UsedUp);
    let other = UserFacts {
        profile: Some("otro".to_owned()),
        ..user.clone()
    };
    assert_eq!(
        verdict(with(other)),
        Verdict::WrongProfile {
            found: "otro".to_owned()
        }
    );
    let unseen = CustomerFacts {
        device_is_seen: Some(false),
        ..with(user.clone())
    };
    assert_eq!(verdict(unseen), Verdict::DeviceNotSeen);
    let session = CustomerSession {
        mac: None,
        address: None,
        uptime: None,
    };
    let online = CustomerFacts {
        sessions: vec![session],
        ..with(user)
    };
    assert_eq!(verdict(online), Verdict::Online);
    shop.router_admin.fail(Some(HotspotError::TimedOut));
    assert_eq!(
        verdict(CustomerFacts::default()),
        Verdict::RouterTrouble(HotspotError::TimedOut)
    );
    let other = new_operator(&shop.app, &shop.owner, "otra@x.test");
    let found = diagnose_customer(&shop.app, &other, purchase.id());
    assert!(block_on(found).unwrap().is_none());
}

#[test]
fn a_router_out_of_reach_is_a_finding() {
    let (shop, _accounts) = shop();
    shop.router_admin.fail(Some(HotspotError::LoginRefused));
    let diagnosis = look(&shop);
    assert_eq!(diagnosis.findings, [Finding::WrongPassword]);
    assert_eq!(diagnosis.status, RouterStatus::Down);
}
