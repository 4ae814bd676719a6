//! An operator's shop, set up as people do it, and the requests that customers send to it.

use std::sync::{Arc, Mutex};

use anyhow::Context;
use application::app::App;
use application::auth::{login, portal, session};
use application::caller::{Origin, Portal, Session, SuperAdmin, TenantAdmin};
use application::edit::Edit;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::operator::products::create_product;
use application::platform::routers::{CreateRouter, create_router};
use application::platform::tenants::{CreateTenant, create_tenant};
use application::platform::users::{CreateUser, create_user, ensure_super_admin};
use application::purchase::command::StartPurchase;
use domain::contact::{Customer, Email};
use domain::credentials::CredentialKind;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::{ProductId, TenantId};
use domain::money::{Currency, Price};
use domain::network::{Host, MacAddress};
use domain::payment_method::{CardPayment, PaymentMethod};
use domain::product::ProductDraft;
use domain::purchase::DeviceHints;
use domain::router::{RouterTls, TlsMode};
use domain::secret::Secret;

use crate::engine::dice::Dice;
use crate::engine::lock;
use crate::scenario::Variant;
use crate::world::webhooks::KEY;

const PASSWORD: &str = "a password of some length";

/// One router's portal and what it sells.
#[derive(Debug, Clone)]
pub(crate) struct SalesPoint {
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
    pub(crate) sales_points: Vec<SalesPoint>,
}

/// Sets the shop up: with or without keys for webhooks, with one router or two.
pub(crate) async fn set_up(app: &Arc<App>, dice: &Dice) -> anyhow::Result<Shop> {
    let owner = owner(app).await?;
    let new = CreateTenant {
        name: "Café".to_owned(),
        contact_email: Email::from_stored("cafe@x.test"),
        contact_phone: Some("+525512345678".to_owned()),
        gateway: GatewayKind::Conekta,
        gateway_secret: Secret::new("key_test"),
        gateway_public_key: "key_public".to_owned(),
        gateway_mode: GatewayMode::Test,
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
    let mut sales_points = Vec::new();
    for number in 0..=dice.below(2) {
        sales_points.push(sales_point(app, &owner, &admin, number).await?);
    }
    Ok(Shop {
        owner,
        tenant,
        admin,
        sales_points,
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

async fn sales_point(
    app: &App,
    owner: &SuperAdmin,
    admin: &TenantAdmin,
    number: u64,
) -> anyhow::Result<SalesPoint> {
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
    Ok(SalesPoint { portal, products })
}

/// One customer's request to buy once, however often the request is sent.
#[derive(Debug, Clone)]
pub(crate) struct CustomerRequest {
    pub(crate) portal: Portal,
    command: StartPurchase,
    /// The public token, once an answer carried it.
    token: Arc<Mutex<Option<String>>>,
}

/// Draws a request.
pub(crate) fn draw(shop: &Shop, dice: &Dice, number: usize) -> Option<CustomerRequest> {
    let sales_point = dice.pick(&shop.sales_points)?;
    let (product_id, price) = *dice.pick(&sales_point.products)?;
    let gateway = *dice.pick(&GatewayKind::ALL)?;
    let person = dice.below(3);
    let credential_kind = *dice.pick(&[CredentialKind::UserAndPassword, CredentialKind::Pin])?;
    let is_mercado_pago = gateway == GatewayKind::MercadoPago;
    let command = StartPurchase {
        gateway,
        product_id,
        method: PaymentMethod::Card(CardPayment {
            brand: is_mercado_pago.then(|| "visa".to_owned()),
            ..CardPayment::with_token(Secret::new(format!("card-{number}")))
        }),
        customer: Customer {
            name: format!("Cliente {person}"),
            email: Email::from_stored(format!("cliente{person}@x.test")),
            phone: None,
        },
        credential_kind,
        device: DeviceHints {
            mac: MacAddress::parse(&format!("02:00:00:00:00:{person:02x}")).ok(),
            ip: None,
            info: None,
            auto_connect: dice.chance(5_000),
        },
        // Portals that send no key are protected by the card token alone.
        idempotency_key: dice.chance(6_000).then(|| format!("request-{number}")),
        shown_price: is_mercado_pago.then_some(price),
    };
    Some(CustomerRequest {
        portal: sales_point.portal.clone(),
        command,
        token: Arc::default(),
    })
}

impl CustomerRequest {
    /// The request.
    pub(crate) fn command(&self, variant: Variant, dice: &Dice) -> StartPurchase {
        let mut command = self.command.clone();
        match variant {
            Variant::NewWindow => {
                let window = dice.number();
                let PaymentMethod::Card(card) = &mut command.method;
                let token = card.token.expose();
                card.token = Secret::new(format!("{token}-window-{window}"));
                if let Some(key) = &mut command.idempotency_key {
                    *key = format!("{key}-{window}");
                }
            }
            Variant::FreshToken if command.idempotency_key.is_some() => {
                let PaymentMethod::Card(card) = &mut command.method;
                card.token = Secret::new(format!("{}-again", card.token.expose()));
            }
            Variant::Other => {
                command.customer.email = Email::from_stored("otra@x.test");
                command.device.mac = MacAddress::parse("02:00:00:00:00:ff").ok();
                command.credential_kind = match command.credential_kind {
                    CredentialKind::Pin => CredentialKind::UserAndPassword,
                    CredentialKind::UserAndPassword => CredentialKind::Pin,
                };
            }
            Variant::Same | Variant::FreshToken => {}
        }
        command
    }

    /// Notes the public token.
    pub(crate) fn learn(&self, token: &str) {
        *lock(&self.token) = Some(token.to_owned());
    }

    /// The public token, if it is known.
    pub(crate) fn token(&self) -> Option<String> {
        lock(&self.token).clone()
    }

    /// The beginning of all card tokens of this request.
    pub(crate) fn card(&self) -> &str {
        self.command.method.token().map_or("", Secret::expose)
    }
}
