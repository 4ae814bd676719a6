//! An operator with routers and products, set up as people do it.

use std::sync::Arc;

use anyhow::Context;
use application::app::App;
use application::auth::{login, portal, session};
use application::caller::{Origin, Portal, Session, SuperAdmin, TenantAdmin};
use application::edit::Edit;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::operator::products::create_product;
use application::platform::routers::{CreateRouter, create_router};
use application::platform::tenants::{CreateTenant, create_tenant};
use application::platform::users::ensure_super_admin;
use application::platform::users::{CreateUser, create_user};
use domain::contact::Email;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::{ProductId, TenantId};
use domain::money::{Currency, Price};
use domain::network::Host;
use domain::product::ProductDraft;
use domain::router::{RouterTls, TlsMode};
use domain::secret::Secret;

use crate::dice::Dice;
use crate::notices::KEY;

const PASSWORD: &str = "a password of some length";

/// One router's portal and what it sells.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) portal: Portal,
    /// Products with their prices in minor units.
    pub(crate) products: Vec<(ProductId, i64)>,
}

/// The operator's business.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) owner: SuperAdmin,
    pub(crate) tenant: TenantId,
    pub(crate) admin: TenantAdmin,
    pub(crate) counters: Vec<Counter>,
}

/// Opens the shop: with or without keys for webhooks, with one router or two.
pub(crate) async fn open(app: &Arc<App>, dice: &Dice) -> anyhow::Result<Shop> {
    let owner = owner(app).await?;
    let new = CreateTenant {
        name: "Café".to_owned(),
        contact_email: Email::from_stored("cafe@x.test"),
        contact_phone: Some("+525512345678".to_owned()),
        conekta_private_key: Secret::new("key_test"),
        conekta_public_key: "key_public".to_owned(),
        conekta_mode: GatewayMode::Test,
    };
    let tenant = create_tenant(app, &owner, new).await?.id;
    let user = CreateUser {
        email: Email::from_stored("ana@x.test"),
        password: Secret::new(PASSWORD),
        name: "Ana".to_owned(),
        role: "cliente_admin".to_owned(),
        tenant_id: Some(tenant.to_string()),
    };
    create_user(app, &owner, user).await?;
    let admin = log_in(app, "ana@x.test").await?.into_tenant_admin()?;
    configure_gateway(app, &admin, conekta(dice)).await?;
    configure_gateway(app, &admin, mercado_pago(dice)).await?;
    let mut counters = Vec::new();
    for number in 0..=dice.below(2) {
        counters.push(counter(app, &owner, &admin, number).await?);
    }
    Ok(Shop {
        owner,
        tenant,
        admin,
        counters,
    })
}

async fn owner(app: &App) -> anyhow::Result<SuperAdmin> {
    let email = Email::from_stored("root@x.test");
    ensure_super_admin(app, &email, Secret::new(PASSWORD), "Root").await?;
    Ok(log_in(app, "root@x.test").await?.into_super_admin()?)
}

async fn log_in(app: &App, email: &str) -> anyhow::Result<Session> {
    let email = Email::from_stored(email);
    let origin = Origin::default();
    let logged_in = login::login(app, &email, Secret::new(PASSWORD), &origin).await?;
    Ok(session::authenticate(app, &logged_in.token, origin).await?)
}

fn conekta(dice: &Dice) -> ConfigureGateway {
    ConfigureGateway {
        webhook_public_keys: dice.chance(7_000).then(|| vec![KEY.to_owned()]),
        telegram_token: Edit::Set(Secret::new("bot")),
        telegram_chat_id: Edit::Set("1".to_owned()),
        notices_enabled: Some(true),
        ..ConfigureGateway::nothing(GatewayKind::Conekta)
    }
}

fn mercado_pago(dice: &Dice) -> ConfigureGateway {
    let webhook_secret = if dice.chance(7_000) {
        Edit::Set(Secret::new(KEY))
    } else {
        Edit::Keep
    };
    ConfigureGateway {
        secret: Edit::Set(Secret::new("TEST-token")),
        mode: Some(GatewayMode::Test),
        webhook_secret,
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    }
}

async fn counter(
    app: &App,
    owner: &SuperAdmin,
    admin: &TenantAdmin,
    number: u64,
) -> anyhow::Result<Counter> {
    let new = CreateRouter {
        name: format!("Router {number}"),
        host: Host::from_stored("192.0.2.1"),
        port: 8728,
        username: "api".to_owned(),
        password: Secret::new("router"),
        tls: RouterTls {
            mode: TlsMode::None,
            ca_pem: None,
            fingerprint: None,
        },
        location: None,
    };
    let (router, key) = create_router(app, owner, admin.tenant_id(), new).await?;
    let mut products = Vec::new();
    for (position, price) in [1999_i64, 4900].into_iter().enumerate() {
        let draft = ProductDraft {
            router_id: router.id.clone(),
            profile_id: format!("*{position}"),
            profile_name: "1hora".to_owned(),
            sale_name: "1 hora".to_owned(),
            description: None,
            image_url: None,
            price: Price::new(price, Currency::Mxn).context("a price")?,
            details_json: "[]".to_owned(),
            is_active: true,
            display_order: 0,
            is_featured: false,
        };
        products.push((create_product(app, admin, draft).await?.id, price));
    }
    let portal = portal::authenticate(app, key.key.expose()).await?;
    Ok(Counter { portal, products })
}
