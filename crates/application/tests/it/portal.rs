//! What a captive portal may ask for, besides buying.

use application::edit::Edit;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::operator::products::deactivate_product;
use application::platform::routers::toggle_router;
use application::platform::tenants::toggle_tenant;
use application::portal::catalogue::{PortalRefusal, find_product, list_products, public_config};
use application::portal::payment_status::{PaymentStatusError, payment_status};
use application::portal::reconnect::{
    ProfileInfoAnswer, Reconnect, ReconnectAnswer, RouterCheck, profile_info, reconnect,
    validate_router,
};
use application::purchase::status::{PurchaseAnswer, find_purchase};
use domain::gateway::{DeclineReason, GatewayKind, PaymentStatus};
use domain::ids::ProductId;
use domain::network::MacAddress;
use domain::secret::Secret;
use futures::executor::block_on;
use ports::hotspot::{
    Activation, DeviceConnection, HotspotError, NotConnected, ProfileInfoOutcome, ReconnectOutcome,
};
use ports::payments::{ChargeOutcome, ReadError, ReadOutcome};

use crate::harness::{Mocks, Shop, charged, facts};

fn shop() -> Shop {
    Shop::new(|_| {})
}

fn toggle_shop(shop: &Shop) {
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
}

fn toggle_own_router(shop: &Shop) {
    let toggled = toggle_router(&shop.app, &shop.owner, &shop.tenant, &shop.router.id);
    block_on(toggled).unwrap();
}

#[test]
fn a_switched_off_tenant_shows_nothing() {
    let shop = shop();
    toggle_shop(&shop);
    let (app, portal) = (&shop.app, shop.portal());
    let refusal = block_on(list_products(app, &portal)).unwrap_err();
    assert!(matches!(refusal, PortalRefusal::TenantInactive));
    let refusal = block_on(find_product(app, &portal, shop.product)).unwrap_err();
    assert!(matches!(refusal, PortalRefusal::TenantInactive));
    let refusal = block_on(public_config(app, &portal)).unwrap_err();
    assert!(matches!(refusal, PortalRefusal::TenantInactive));
    let refusal =
        block_on(payment_status(app, &portal, GatewayKind::MercadoPago, "77")).unwrap_err();
    assert!(matches!(refusal, PaymentStatusError::TenantInactive));
}

#[test]
fn a_product_that_is_not_sold_is_not_shown() {
    let shop = shop();
    let (app, portal) = (&shop.app, shop.portal());
    assert_eq!(block_on(list_products(app, &portal)).unwrap().len(), 1);
    block_on(deactivate_product(app, &shop.operator, shop.product)).unwrap();
    assert_eq!(block_on(list_products(app, &portal)).unwrap(), []);
    for id in [shop.product, ProductId::new(999)] {
        let refusal = block_on(find_product(app, &portal, id)).unwrap_err();
        assert!(matches!(refusal, PortalRefusal::NotFound));
    }
}

/// A sale with Mercado Pago of payment `77`.
fn sold_payment(script: impl FnOnce(&mut Mocks)) -> Shop {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        let charge = mocks.mercado_pago.expect_charge().times(1);
        charge.returning(|_, _, request| {
            let mut facts = facts(PaymentStatus::Approved, &request.reference);
            facts.payment_id = Some("77".to_owned());
            ChargeOutcome::Answered(Box::new(facts))
        });
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        script(mocks);
    });
    shop.start(shop.mercado_pago_command("tok_1")).unwrap();
    shop
}

fn status_of(shop: &Shop, payment: &str) -> Result<PaymentStatus, PaymentStatusError> {
    let told = block_on(payment_status(
        &shop.app,
        &shop.portal(),
        GatewayKind::MercadoPago,
        payment,
    ));
    told.map(|facts| facts.status)
}

#[test]
fn a_payment_is_told_to_the_portals_of_its_tenant() {
    let shop = sold_payment(|mocks| {
        let read = &mut mocks.mercado_pago;
        let once = read.expect_read().times(1);
        once.returning(|_, handle| {
            let facts = facts(PaymentStatus::Approved, &handle.reference);
            Ok(ReadOutcome::Found(Box::new(facts)))
        });
        read.expect_read()
            .times(1)
            .returning(|_, _| Ok(ReadOutcome::NoCharge));
        read.expect_read()
            .times(1)
            .returning(|_, _| Err(ReadError::Busy));
    });
    assert_eq!(status_of(&shop, "77").unwrap(), PaymentStatus::Approved);
    assert!(matches!(
        status_of(&shop, "77"),
        Err(PaymentStatusError::NotFound)
    ));
    let refusal = status_of(&shop, "77");
    assert!(matches!(
        refusal,
        Err(PaymentStatusError::Gateway(ReadError::Busy))
    ));
}

#[test]
fn a_payment_of_nobody_is_not_read() {
    let shop = shop();
    assert!(matches!(
        status_of(&shop, "77"),
        Err(PaymentStatusError::NotFound)
    ));
}

#[test]
fn without_an_account_there_is_no_payment_to_tell_of() {
    let shop = sold_payment(|_| {});
    let change = ConfigureGateway {
        secret: Edit::Clear,
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    };
    block_on(configure_gateway(&shop.app, &shop.operator, change)).unwrap();
    let refusal = status_of(&shop, "77");
    assert!(matches!(
        refusal,
        Err(PaymentStatusError::GatewayNotConfigured)
    ));
}

#[test]
fn a_purchase_is_told_by_its_token_alone() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Fraud)));
    });
    let PurchaseAnswer::Declined { token, .. } = shop.buy("tok_1") else {
        panic!("not declined");
    };
    let portal = shop.portal();
    let told = |token: &str| block_on(find_purchase(&shop.app, &portal, token)).unwrap();
    assert!(matches!(
        told(&token),
        Some(PurchaseAnswer::Declined { .. })
    ));
    assert!(told(&token.replacen(char::is_alphanumeric, "", 1)).is_none());
}

fn returning(username: &str, password: &str) -> Reconnect {
    Reconnect {
        username: username.to_owned(),
        password: Secret::new(password),
        mac: MacAddress::parse("02:00:00:00:00:01").unwrap(),
        ip: None,
    }
}

fn come_back(shop: &Shop, username: &str, password: &str) -> ReconnectAnswer {
    let command = returning(username, password);
    block_on(reconnect(&shop.app, &shop.portal(), command)).unwrap()
}

fn look_up(shop: &Shop, username: &str) -> ProfileInfoAnswer {
    block_on(profile_info(&shop.app, &shop.portal(), username, None)).unwrap()
}

fn check(shop: &Shop) -> RouterCheck {
    block_on(validate_router(&shop.app, &shop.portal())).unwrap()
}

#[test]
fn what_is_switched_off_lets_no_device_in() {
    let shop = shop();
    toggle_own_router(&shop);
    assert_eq!(
        come_back(&shop, "ana", "x"),
        ReconnectAnswer::RouterInactive
    );
    assert_eq!(look_up(&shop, "ana"), ProfileInfoAnswer::RouterInactive);
    assert_eq!(check(&shop), RouterCheck::RouterInactive);
    toggle_shop(&shop);
    assert_eq!(
        come_back(&shop, "ana", "x"),
        ReconnectAnswer::TenantInactive
    );
    assert_eq!(look_up(&shop, "ana"), ProfileInfoAnswer::TenantInactive);
    assert_eq!(check(&shop), RouterCheck::TenantInactive);
}

#[test]
fn a_device_comes_back_with_what_was_sold_to_it() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        let reconnect = mocks.hotspot.expect_reconnect().times(2);
        reconnect.returning(|_, reconnection| {
            assert!(reconnection.known_password.is_some());
            Ok(ReconnectOutcome::User {
                name: reconnection.base_name.clone(),
                uptime: None,
                connection: DeviceConnection::NotConnected(NotConnected::HostUnknown),
            })
        });
    });
    let PurchaseAnswer::Paid(receipt) = shop.buy("tok_1") else {
        panic!("not paid");
    };
    let (name, password) = (
        receipt.purchase.access().name.as_str(),
        receipt.password.expose(),
    );
    let clone = format!("{name}_RANDMAC3");
    for username in [name, &clone] {
        let answer = come_back(&shop, username, password);
        assert!(matches!(answer, ReconnectAnswer::Outcome(_)), "{username}");
    }
    assert_eq!(come_back(&shop, name, "otra"), ReconnectAnswer::Unknown);
}

#[test]
fn a_device_with_unpaid_credentials_is_told_like_an_unknown_one() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        let reconnect = mocks.hotspot.expect_reconnect().times(1);
        reconnect.returning(|_, _| Ok(ReconnectOutcome::NotFound));
    });
    shop.buy("tok_1");
    let name = shop.purchase().access().name.clone();
    assert_eq!(
        come_back(&shop, name.as_str(), ""),
        ReconnectAnswer::Unknown
    );
    let wrong = ProfileInfoOutcome::WrongCredentials;
    assert_eq!(
        look_up(&shop, name.as_str()),
        ProfileInfoAnswer::Outcome(wrong)
    );
    assert_eq!(come_back(&shop, "nadie", ""), ReconnectAnswer::Unknown);
    assert_eq!(
        come_back(&shop, "02:00:00:00:00:01", ""),
        ReconnectAnswer::Unknown
    );
}

#[test]
fn a_router_that_does_not_answer_says_nothing_about_credentials() {
    let down = HotspotError::Unreachable;
    let shop = Shop::new(|mocks| {
        let hotspot = &mut mocks.hotspot;
        hotspot
            .expect_reconnect()
            .returning(|_, _| Err(HotspotError::Unreachable));
        let profile = hotspot.expect_profile_info();
        profile.returning(|_, _, _, _| Err(HotspotError::Unreachable));
        let check = hotspot.expect_certificate().times(1);
        check.returning(|_| Err(HotspotError::Unreachable));
        let check = hotspot.expect_certificate().times(1);
        check.returning(|_| Ok(None));
    });
    let answer = come_back(&shop, "ana", "x");
    assert_eq!(answer, ReconnectAnswer::RouterFailed(down.clone()));
    assert_eq!(
        look_up(&shop, "ana"),
        ProfileInfoAnswer::RouterFailed(down.clone())
    );
    assert_eq!(check(&shop), RouterCheck::Unreachable(down));
    assert_eq!(check(&shop), RouterCheck::Reachable);
}
