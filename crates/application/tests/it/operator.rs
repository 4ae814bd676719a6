//! What an operator does for its own company.

use std::sync::Arc;

use application::caller::TenantAdmin;
use application::edit::Edit;
use application::notifications::channels::{ChannelTestError, ChannelToTest, test_channel};
use application::operator::company::{CompanyError, UpdateProfile, find_company, update_profile};
use application::operator::gateway_settings::{
    ConfigureGateway, GatewaySettingsError, configure_gateway, configure_secret, learn_collector,
    webhook_status,
};
use application::operator::logo::{LOGO_PATH, LogoError, MAX_LOGO, find_logo, upload_logo};
use application::operator::products::{
    ProductError, UpdateProduct, create_product, deactivate_product, find_product, list_products,
    update_product,
};
use application::operator::routers::{
    RouterError, UpdateRouter, router_profiles, test_connection, update_router,
};
use application::operator::sales::{dashboard, find_by_reference, find_sale};
use application::platform::routers::toggle_router;
use application::platform::tenants::toggle_tenant;
use domain::gateway::GatewayKind;
use domain::ids::{ProductId, PurchaseId, RouterId};
use domain::money::Currency;
use domain::router::TlsMode;
use domain::secret::Secret;
use fakes::SeededRandom;
use futures::executor::block_on;
use ports::hotspot::{HotspotError, RouterProbe};
use ports::store::error::StoreError;

use crate::harness::{Mocks, PRICE, Shop, draft, new_operator};

fn shop() -> Shop {
    Shop::new(|_| {})
}

fn other_operator(shop: &Shop) -> TenantAdmin {
    new_operator(&shop.app, &shop.owner, "otra@x.test")
}

fn nothing() -> UpdateProduct {
    UpdateProduct {
        sale_name: None,
        description: Edit::Keep,
        image_url: Edit::Keep,
        price_minor: None,
        currency: None,
        details_json: None,
        is_active: None,
        display_order: None,
        is_featured: None,
    }
}

#[test]
fn the_product_of_another_operator_does_not_exist() {
    let shop = shop();
    let other = other_operator(&shop);
    for (admin, id) in [
        (&shop.operator, ProductId::new(999)),
        (&other, shop.product),
    ] {
        let refusal = block_on(find_product(&shop.app, admin, id)).unwrap_err();
        assert!(matches!(refusal, ProductError::NotFound));
        let refusal = block_on(update_product(&shop.app, admin, id, nothing())).unwrap_err();
        assert!(matches!(refusal, ProductError::NotFound));
        let refusal = block_on(deactivate_product(&shop.app, admin, id)).unwrap_err();
        assert!(matches!(refusal, ProductError::NotFound));
    }
}

#[test]
fn a_product_is_sold_on_a_router_of_its_operator() {
    let shop = shop();
    let other = other_operator(&shop);
    let refusal = block_on(create_product(&shop.app, &other, draft(&shop.router, "*9")));
    assert!(matches!(refusal, Err(ProductError::RouterNotFound)));
    let refusal = block_on(list_products(&shop.app, &other, Some(&shop.router.id)));
    assert!(matches!(refusal, Err(ProductError::RouterNotFound)));
    shop.store_fails(|step| match step {
        "products.insert" => Err(StoreError::Reference {
            constraint: "productos_router_fkey".to_owned(),
        }),
        _ => Ok(()),
    });
    let refusal = block_on(create_product(
        &shop.app,
        &shop.operator,
        draft(&shop.router, "*9"),
    ));
    assert!(
        matches!(refusal, Err(ProductError::RouterNotFound)),
        "deleted meanwhile"
    );
}

#[test]
fn a_router_sells_a_profile_once() {
    let shop = shop();
    let again = draft(&shop.router, "*1");
    let refusal = block_on(create_product(&shop.app, &shop.operator, again)).unwrap_err();
    assert!(matches!(refusal, ProductError::Duplicate));
}

#[test]
fn a_change_of_a_product_keeps_what_was_not_sent() {
    let shop = shop();
    let change = UpdateProduct {
        currency: Some(Currency::Usd),
        is_featured: Some(true),
        ..nothing()
    };
    let app = &shop.app;
    block_on(update_product(app, &shop.operator, shop.product, change)).unwrap();
    let product = block_on(find_product(app, &shop.operator, shop.product)).unwrap();
    let price = product.price.money();
    assert_eq!((price.minor(), price.currency()), (PRICE, Currency::Usd));
    assert_eq!(product.sale_name, "1 hora");
    assert!(product.is_featured && product.is_active);
}

fn no_router_change() -> UpdateRouter {
    UpdateRouter {
        name: None,
        host: None,
        port: None,
        username: None,
        password: None,
        location: Edit::Keep,
        tls_mode: None,
        tls_ca_pem: None,
        tls_fingerprint: None,
    }
}

#[test]
fn the_router_of_another_operator_does_not_exist() {
    let shop = shop();
    let other = other_operator(&shop);
    let app = &shop.app;
    let nowhere = RouterId::from_random([9; 4]);
    for (admin, id) in [(&shop.operator, &nowhere), (&other, &shop.router.id)] {
        let refusal = block_on(update_router(app, admin, id, no_router_change())).unwrap_err();
        assert!(matches!(refusal, RouterError::NotFound));
        let refusal = block_on(router_profiles(app, admin, id)).unwrap_err();
        assert!(matches!(refusal, RouterError::NotFound));
        assert_eq!(block_on(test_connection(app, admin, id)).unwrap(), None);
    }
}

#[test]
fn a_tls_mode_comes_with_what_it_needs() {
    let shop = shop();
    for mode in [TlsMode::Pinned, TlsMode::Authority] {
        let change = UpdateRouter {
            tls_mode: Some(mode),
            ..no_router_change()
        };
        let updated = update_router(&shop.app, &shop.operator, &shop.router.id, change);
        let refusal = block_on(updated).unwrap_err();
        assert!(matches!(refusal, RouterError::TlsIncomplete(of) if of == mode));
    }
}

#[test]
fn a_router_on_tls_stays_on_tls_whatever_its_port() {
    let shop = shop();
    let on = UpdateRouter {
        tls_mode: Some(TlsMode::Public),
        port: Some(8729),
        password: Some(Secret::new("clave")),
        ..no_router_change()
    };
    let id = &shop.router.id;
    block_on(update_router(&shop.app, &shop.operator, id, on)).unwrap();
    let updated = update_router(&shop.app, &shop.operator, id, no_router_change());
    let updated = block_on(updated).unwrap();
    assert_eq!(updated.port_was, Some(8729));
    assert_eq!(
        (updated.router.port, updated.router.tls.mode),
        (8728, TlsMode::Public)
    );
}

#[test]
fn profiles_are_read_from_a_router_that_is_on_and_answers() {
    let shop = Shop::new(|mocks| {
        let profiles = mocks.hotspot.expect_profiles().times(1);
        profiles.returning(|_| Err(HotspotError::LoginRefused));
    });
    let (app, id) = (&shop.app, &shop.router.id);
    let refusal = block_on(router_profiles(app, &shop.operator, id)).unwrap_err();
    let RouterError::Unreadable { address, error } = refusal else {
        panic!("{refusal}");
    };
    assert_eq!(
        (address.as_str(), error),
        ("192.0.2.1:8728", HotspotError::LoginRefused)
    );
    block_on(toggle_router(app, &shop.owner, &shop.tenant, id)).unwrap();
    let refusal = block_on(router_profiles(app, &shop.operator, id)).unwrap_err();
    assert!(matches!(refusal, RouterError::Inactive));
}

#[test]
fn a_certificate_is_trusted_at_its_first_use_alone() {
    let shop = Shop::new(|mocks| {
        let probe = mocks.hotspot.expect_probe().times(2);
        probe.returning(|router| {
            let seen = if router.tls.fingerprint.is_none() {
                "aa"
            } else {
                "bb"
            };
            Ok(RouterProbe {
                identity: "patio".to_owned(),
                profile_count: 1,
                version: None,
                fingerprint: Some(seen.repeat(32)),
            })
        });
    });
    let (app, id) = (&shop.app, &shop.router.id);
    let first_use = UpdateRouter {
        tls_mode: Some(TlsMode::FirstUse),
        ..no_router_change()
    };
    block_on(update_router(app, &shop.operator, id, first_use)).unwrap();
    for _ in 0..2 {
        block_on(test_connection(app, &shop.operator, id))
            .unwrap()
            .unwrap();
    }
    let kept = update_router(app, &shop.operator, id, no_router_change());
    let fingerprint = block_on(kept).unwrap().router.tls.fingerprint;
    assert_eq!(fingerprint, Some("aa".repeat(32)));
}

#[test]
fn a_sale_is_a_first_use_of_a_certificate_too() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        let seen = mocks.hotspot.expect_certificate().times(1);
        seen.returning(|_| Ok(Some("aa".repeat(32))));
    });
    let (app, id) = (&shop.app, &shop.router.id);
    let first_use = UpdateRouter {
        tls_mode: Some(TlsMode::FirstUse),
        ..no_router_change()
    };
    block_on(update_router(app, &shop.operator, id, first_use)).unwrap();
    shop.buy("tok_1");
    let kept = update_router(app, &shop.operator, id, no_router_change());
    let fingerprint = block_on(kept).unwrap().router.tls.fingerprint;
    assert_eq!(fingerprint, Some("aa".repeat(32)));
}

#[test]
fn a_company_whose_row_has_vanished_is_not_found() {
    let shop = shop();
    // An operator of another installation: here there is no such tenant.
    let gone = Shop::new(|mocks| mocks.random = Arc::new(SeededRandom::new(2))).operator;
    let app = &shop.app;
    assert!(matches!(
        block_on(find_company(app, &gone)),
        Err(CompanyError::NotFound)
    ));
    assert!(matches!(
        block_on(dashboard(app, &gone)),
        Err(CompanyError::NotFound)
    ));
    let change = UpdateProfile {
        name: Some("Nueva".to_owned()),
        contact_email: Edit::Keep,
        contact_phone: Edit::Keep,
        telegram_token: Edit::Keep,
        telegram_chat_id: Edit::Keep,
        notices_enabled: None,
    };
    let refusal = block_on(update_profile(app, &gone, change)).unwrap_err();
    assert!(matches!(refusal, CompanyError::NotFound));
    let change = ConfigureGateway::nothing(GatewayKind::Conekta);
    let refusal = block_on(configure_gateway(app, &gone, change)).unwrap_err();
    assert!(matches!(refusal, GatewaySettingsError::NotFound));
    let logo = upload_logo(app, &gone, "a.jpg", vec![0xff, 0xd8, 0xff]);
    assert!(matches!(block_on(logo), Err(LogoError::NotFound)));
    let channel = ChannelToTest::Telegram {
        bot_token: Some(Secret::new("1:a")),
        chat_id: Some("-1".to_owned()),
    };
    let refusal = block_on(test_channel(app, &gone, channel)).unwrap_err();
    assert!(matches!(refusal, ChannelTestError::NotFound));
}

#[test]
fn a_switched_off_company_configures_no_gateway() {
    let shop = shop();
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
    let change = ConfigureGateway::nothing(GatewayKind::Conekta);
    let refusal = block_on(configure_gateway(&shop.app, &shop.operator, change)).unwrap_err();
    assert!(matches!(refusal, GatewaySettingsError::Inactive));
}

#[test]
fn a_webhook_secret_belongs_to_a_tenant_that_there_is_and_is_not_empty() {
    let shop = shop();
    let nobody = domain::ids::TenantId::from_random([9; 5]);
    let owner_of = |tenant| shop.owner.session().clone().into_owner_of(tenant).unwrap();
    let secret = || Some(Secret::new("s"));
    let refusal = block_on(configure_secret(&shop.app, &owner_of(&nobody), secret()));
    assert!(matches!(refusal, Err(GatewaySettingsError::NotFound)));
    assert!(
        block_on(webhook_status(&shop.app, &owner_of(&nobody)))
            .unwrap()
            .is_none()
    );
    for missing in [None, Some(Secret::new(""))] {
        let refusal = block_on(configure_secret(
            &shop.app,
            &owner_of(&shop.tenant),
            missing,
        ));
        assert!(matches!(refusal, Err(GatewaySettingsError::SecretMissing)));
    }
    block_on(configure_secret(
        &shop.app,
        &owner_of(&shop.tenant),
        secret(),
    ))
    .unwrap();
}

#[test]
fn an_account_is_learned_once_and_forgotten_with_its_key() {
    let shop = Shop::new(|mocks| {
        let account = mocks.mercado_pago.expect_account_id().times(1);
        account.returning(|_| Ok(Some("44".to_owned())));
        mocks.conekta.expect_account_id().returning(|_| Ok(None));
    });
    learn_collector(&shop.app, shop.tenant.clone());
    block_on(shop.spawner.run_all());
    let collector = || {
        let company = block_on(find_company(&shop.app, &shop.operator)).unwrap();
        company
            .tenant
            .gateway(GatewayKind::MercadoPago)
            .collector
            .clone()
    };
    assert_eq!(collector().as_deref(), Some("44"));
    let change = ConfigureGateway {
        secret: Edit::Set(Secret::new("TEST-2")),
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    };
    block_on(configure_gateway(&shop.app, &shop.operator, change)).unwrap();
    assert_eq!(collector(), None);
}

#[test]
fn a_logo_is_a_picture_of_a_fair_size() {
    let shop = shop();
    let png = b"\x89PNG\r\n\x1a\n.".to_vec();
    let upload = |name: &str, content: Vec<u8>| {
        block_on(upload_logo(&shop.app, &shop.operator, name, content))
    };
    assert!(matches!(
        upload("a.png", vec![0; MAX_LOGO + 1]),
        Err(LogoError::TooLarge)
    ));
    for name in ["a.jpg", "a.svg", "png"] {
        assert!(matches!(
            upload(name, png.clone()),
            Err(LogoError::NotAPicture)
        ));
    }
    let url = upload("a.png", png.clone()).unwrap();
    let name = url.trim_start_matches(LOGO_PATH);
    let logo = block_on(find_logo(&shop.app, name)).unwrap().unwrap();
    assert_eq!(logo.content, png);
    assert!(
        block_on(find_logo(&shop.app, "logo_x.png"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_sale_is_seen_by_its_own_operator() {
    let shop = Shop::new(Mocks::sells);
    shop.buy("tok_1");
    let other = other_operator(&shop);
    let id = shop.purchase().id();
    let (_, password) = block_on(find_sale(&shop.app, &shop.operator, id))
        .unwrap()
        .unwrap();
    assert!(password.is_some());
    assert!(
        block_on(find_sale(&shop.app, &other, id))
            .unwrap()
            .is_none()
    );
    let unknown = PurchaseId::new(999);
    assert!(
        block_on(find_sale(&shop.app, &shop.operator, unknown))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_reference_is_found_by_who_may_see_its_sale() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        let charge = mocks.mercado_pago.expect_charge().times(1);
        charge.returning(|_, _, request| crate::harness::unanswered(&request.reference));
    });
    shop.start(shop.mercado_pago_command("tok_1")).unwrap();
    let other = other_operator(&shop);
    let reference = shop.purchase().sale().reference.clone();
    let is_seen = |session, reference: &str| {
        block_on(find_by_reference(
            &shop.app,
            session,
            GatewayKind::MercadoPago,
            reference,
        ))
        .unwrap()
        .is_some()
    };
    assert!(is_seen(shop.operator.session(), &reference));
    assert!(is_seen(shop.owner.session(), &reference));
    assert!(!is_seen(other.session(), &reference));
    assert!(!is_seen(shop.owner.session(), &"x".repeat(300)));
}
