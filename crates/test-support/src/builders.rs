//! Tenants, routers, products, purchases and their like, complete and plausible, numbered so that
//! no two are alike. Change single fields with struct update syntax.

use std::time::Duration;

use domain::api_key::ApiKey;
use domain::contact::{Customer, Email};
use domain::credentials::{CredentialKind, HotspotName};
use domain::gateway::{ByGateway, GatewayKind, GatewayMode, PaymentFacts, PaymentStatus};
use domain::ids::{ApiKeyId, AttemptId, PurchaseId, RouterId, TenantId};
use domain::money::{Currency, Money, Price};
use domain::network::{Host, MacAddress};
use domain::product::{Product, ProductDraft};
use domain::purchase::{DeviceHints, Purchase, Sale, StoredPurchase};
use domain::router::{Router, RouterTls, TlsMode};
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, TelegramSettings, Tenant};
use domain::time::Timestamp;
use domain::user::Role;
use ports::security::PasswordHash;
use ports::store::refunds::NewRefund;
use ports::store::users::NewUser;
use uuid::Uuid;

/// The moment at which everything built here begins: 2026-03-04T10:00:00Z.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);

/// A moment so many seconds after [`NOW`].
#[must_use]
pub fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// A sealed text of the key `k1` that names what it is.
#[must_use]
pub fn sealed(what: &str) -> Sealed {
    Sealed::from_stored(format!("k1:{what}"))
}

/// An active tenant with both gateways and Telegram configured.
#[must_use]
pub fn tenant(number: u32) -> Tenant {
    let settings = |kind: GatewayKind| GatewaySettings {
        version: 1,
        secret: Some(sealed(&format!("{kind}-secret-{number}"))),
        public_key: Some(format!("{kind}-public-{number}")),
        ..GatewaySettings::unset(kind)
    };
    let [a, b, c, d] = number.to_be_bytes();
    Tenant {
        id: TenantId::from_random([7, a, b, c, d]),
        name: format!("Café {number}"),
        contact_email: Some(Email::from_stored(format!("cafe{number}@x.test"))),
        contact_phone: Some("+525512345678".to_owned()),
        logo_url: None,
        is_active: true,
        created_at: NOW,
        gateways: ByGateway::new(|kind| GatewaySettings {
            webhook_secret: (kind == GatewayKind::MercadoPago)
                .then(|| sealed(&format!("webhook-secret-{number}"))),
            ..settings(kind)
        }),
        telegram: TelegramSettings {
            bot_token: Some(sealed(&format!("telegram-{number}"))),
            chat_id: Some(format!("-100{number}")),
            is_enabled: true,
        },
    }
}

/// A user with the hash `hash-<email>`.
#[must_use]
pub fn user(role: Role, email: &str) -> NewUser {
    NewUser {
        role,
        email: Email::from_stored(email),
        password_hash: PasswordHash::from_stored(format!("hash-{email}")),
        name: "Ana Paz".to_owned(),
        created_at: NOW,
    }
}

/// An active router without TLS.
#[must_use]
pub fn router(tenant: &TenantId, number: u32) -> Router {
    Router {
        id: RouterId::from_random(number.to_be_bytes()),
        tenant_id: tenant.clone(),
        name: format!("Router {number}"),
        host: Host::from_stored("192.0.2.1"),
        port: 8728,
        username: "api".to_owned(),
        password: sealed(&format!("router-{number}")),
        tls: RouterTls {
            mode: TlsMode::None,
            ca_pem: None,
            fingerprint: None,
        },
        location: Some("Patio".to_owned()),
        is_active: true,
        version: 1,
        created_at: NOW,
    }
}

/// The hash of a router's present API key.
#[must_use]
pub fn key_hash(number: u32) -> String {
    format!("{number:064x}")
}

/// A key of a router, good for ten days.
#[must_use]
pub fn api_key(router: &Router, number: u32) -> ApiKey {
    let [a, b, c, d] = number.to_be_bytes();
    ApiKey {
        id: ApiKeyId::from_random([0, 0, 0, 0, a, b, c, d]),
        tenant_id: router.tenant_id.clone(),
        router_id: router.id.clone(),
        issued_at: NOW,
        expires_at: after(864_000),
        revoked_at: None,
        last_used_at: None,
        use_count: 0,
    }
}

/// An active product of 19.99 MXN.
#[must_use]
pub fn draft(router: &RouterId, profile: &str) -> ProductDraft {
    ProductDraft {
        router_id: router.clone(),
        profile_id: profile.to_owned(),
        profile_name: "1hora".to_owned(),
        sale_name: "1 hora".to_owned(),
        description: Some("Navega una hora".to_owned()),
        image_url: None,
        price: price(1999),
        details_json: "[]".to_owned(),
        is_active: true,
        display_order: 0,
        is_featured: false,
    }
}

/// A price in Mexican pesos.
///
/// # Panics
/// For an amount that is no price.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that asks for no price is wrong")]
pub fn price(minor: i64) -> Price {
    Price::new(minor, Currency::Mxn).expect("a price is positive and fits its column")
}

/// Until when the requests of stored test purchases hold them.
pub const LOCKED_UNTIL: Timestamp = Timestamp::from_unix_micros(NOW.unix_micros() + 70_000_000);

/// Changes a purchase as no method of it would, as a test of a store must.
pub fn edit(purchase: &mut Purchase, change: impl FnOnce(&mut StoredPurchase)) {
    let mut stored = purchase.clone().into_stored();
    change(&mut stored);
    *purchase = Purchase::from_stored(stored);
}

/// A sale of a product at Conekta; references, names and attempt are the number's own.
#[must_use]
pub fn purchase(product: &Product, number: u32) -> Sale {
    let [a, b, c, d] = number.to_be_bytes();
    Sale {
        attempt_id: AttemptId::from_random([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, a, b, c, d]),
        tenant_id: product.tenant_id.clone(),
        router_id: product.router_id.clone(),
        product_id: product.id,
        sale_name: product.sale_name.clone(),
        profile_name: product.profile_name.clone(),
        gateway: GatewayKind::Conekta,
        credentials_version: 1,
        mode: GatewayMode::Test,
        amount: product.price.money(),
        customer: Customer {
            name: format!("Cliente {number}"),
            email: Email::from_stored(format!("cliente{number}@x.test")),
            phone: Some(format!("55{number:08}")),
        },
        customer_digest: format!("{number:064x}"),
        device: DeviceHints {
            mac: MacAddress::parse(&format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")).ok(),
            ip: Some([10, 5, 50, 7].into()),
            info: Some("Android".to_owned()),
            auto_connect: true,
        },
        credential_kind: CredentialKind::UserAndPassword,
        candidates: (0..4)
            .map(|candidate| HotspotName::from_stored(format!("PT-{number}C{candidate}")))
            .collect(),
        hotspot_password: sealed(&format!("hotspot-{number}")),
        reference: format!("reference-{number}"),
        api_key_id: Some(ApiKeyId::from_random([1; 8])),
        created_at: NOW,
    }
}

/// The digest of a purchase's public token.
#[must_use]
pub fn token_digest(number: u32) -> String {
    format!("{number:064x}")
}

/// What the gateway says of a charge of exactly this purchase.
#[must_use]
pub fn facts(purchase: &Purchase, status: PaymentStatus, word: &str) -> PaymentFacts {
    PaymentFacts {
        order_id: purchase.payment().order_id.clone(),
        payment_id: Some(format!("payment-{}", purchase.id())),
        amount_minor: Some(purchase.sale().amount.minor()),
        currency: Some(purchase.sale().amount.currency().code().to_owned()),
        reference: Some(purchase.sale().reference.clone()),
        ..PaymentFacts::new(status, word)
    }
}

/// A refund of some centavos.
#[must_use]
pub fn refund(tenant: &TenantId, purchase: PurchaseId, number: u32, minor: i64) -> NewRefund {
    NewRefund {
        tenant_id: tenant.clone(),
        purchase_id: purchase,
        key: Uuid::from_u128(u128::from(number)),
        request_key: Some(format!("request-{number}")),
        amount: Money::from_minor(minor, Currency::Mxn),
        refunded_before: 0,
        reason: Some("Sin señal".to_owned()),
        created_at: after(u64::from(number)),
    }
}
