//! One shop per test: a tenant with router, key, product and operator, over mocks that a script
//! sets up. A call that no script expects fails the test, and so does a missing one of `times`.
//!
//! Only these two files know how the ports are wired and what setting a shop up takes.

mod mocks;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::app::{App, Ports};
use application::auth::{login, portal, session};
use application::caller::{Origin, Portal, Session, SuperAdmin, TenantAdmin};
use application::edit::Edit;
use application::notifications::deliver;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use application::operator::products::create_product;
use application::platform::api_keys::IssuedKey;
use application::platform::routers::{CreateRouter, create_router};
use application::platform::tenants::{CreateTenant, create_tenant};
use application::platform::users::{CreateUser, create_user, ensure_super_admin};
use application::purchase::command::{StartPurchase, StartPurchaseError};
use application::purchase::status::PurchaseAnswer;
use application::purchase::{checkout, engine, persistence};
use application::settings::Settings;
use domain::contact::{Customer, Email};
use domain::credentials::CredentialKind;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::{ProductId, TenantId};
use domain::money::{Currency, Price};
use domain::network::Host;
use domain::payment_method::{CardPayment, PaymentMethod};
use domain::product::ProductDraft;
use domain::purchase::{DeviceHints, Purchase, PurchaseState};
use domain::router::{Router, RouterTls, TlsMode};
use domain::secret::Secret;
use fakes::{
    FakeRouterAdmin, ManualClock, MemoryStore, PlainDigests, PlainPasswords, PlainSecretBox,
    PlainTokens, QueuedSpawner,
};
use futures::executor::block_on;
use ports::notify::{Channel, Channels};
use ports::payments::{Gateways, PaymentGateway};
use ports::store::error::StoreError;
use ports::store::{Scope, Store};
use ports::system::TaskSpawner;

pub(crate) use domain::notification::NotificationKind;
pub(crate) use mocks::*;

pub(crate) const PASSWORD: &str = "una-clave-larga";
pub(crate) const OWNER: &str = "owner@x.test";
pub(crate) const OPERATOR: &str = "ana@x.test";

/// Decides whether a step of the store fails.
type Fault = Box<dyn FnMut(&'static str) -> Result<(), StoreError> + Send>;

/// A tenant that is ready to sell.
pub(crate) struct Shop {
    pub(crate) app: Arc<App>,
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
    pub(crate) spawner: Arc<QueuedSpawner>,
    pub(crate) router_admin: Arc<FakeRouterAdmin>,
    faults: Arc<Mutex<Option<Fault>>>,
    pub(crate) owner: SuperAdmin,
    pub(crate) operator: TenantAdmin,
    pub(crate) tenant: TenantId,
    pub(crate) router: Router,
    pub(crate) key: IssuedKey,
    pub(crate) product: ProductId,
}

impl Shop {
    pub(crate) fn new(script: impl FnOnce(&mut Mocks)) -> Self {
        let faults: Arc<Mutex<Option<Fault>>> = Arc::default();
        let armed = Arc::clone(&faults);
        let mut mocks = Mocks::new(Arc::new(move |step| {
            let outcome = armed
                .lock()
                .unwrap()
                .as_mut()
                .map_or(Ok(()), |fault| fault(step));
            Box::pin(async { outcome })
        }));
        script(&mut mocks);
        let spawner = Arc::new(QueuedSpawner::new());
        let port: Arc<dyn TaskSpawner> = spawner.clone();
        let conekta: Arc<dyn PaymentGateway> = Arc::new(mocks.conekta);
        let mercado_pago: Arc<dyn PaymentGateway> = Arc::new(mocks.mercado_pago);
        let channel: Arc<dyn Channel> = Arc::new(mocks.channel);
        let ports = Ports {
            store: Arc::new(mocks.store.clone()),
            clock: Arc::new(mocks.clock.clone()),
            random: mocks.random,
            spawner: port,
            passwords: Arc::new(PlainPasswords),
            tokens: Arc::new(PlainTokens),
            secrets: Arc::new(PlainSecretBox::new()),
            digests: Arc::new(PlainDigests::new(7)),
            hotspot: Arc::new(mocks.hotspot),
            router_admin: mocks.router_admin.clone(),
            gateways: Gateways::new(|kind| match kind {
                GatewayKind::Conekta => Arc::clone(&conekta),
                GatewayKind::MercadoPago => Arc::clone(&mercado_pago),
            }),
            channels: Channels::new([channel]),
        };
        let settings = Settings {
            public_base_url: Some("https://wifi.example.com".to_owned()),
            ..Settings::default()
        };
        let app = Arc::new(App::new(ports, settings));
        let (email, password) = (Email::from_stored(OWNER), Secret::new(PASSWORD));
        block_on(ensure_super_admin(&app, &email, password, "Olga")).unwrap();
        let owner = log_in(&app, OWNER).into_super_admin().unwrap();
        let operator = new_operator(&app, &owner, OPERATOR);
        let tenant = operator.tenant_id().clone();
        let (router, key) = block_on(create_router(&app, &owner, &tenant, new_router())).unwrap();
        let product = block_on(create_product(&app, &operator, draft(&router, "*1"))).unwrap();
        Self {
            app,
            clock: mocks.clock,
            store: mocks.store,
            spawner,
            router_admin: mocks.router_admin,
            faults,
            owner,
            operator,
            tenant,
            router,
            key,
            product: product.id,
        }
    }

    /// Lets `fault` decide which steps of the store fail from now on.
    pub(crate) fn store_fails(
        &self,
        fault: impl FnMut(&'static str) -> Result<(), StoreError> + Send + 'static,
    ) {
        *self.faults.lock().unwrap() = Some(Box::new(fault));
    }

    pub(crate) fn store_works(&self) {
        *self.faults.lock().unwrap() = None;
    }

    pub(crate) fn portal(&self) -> Portal {
        block_on(portal::authenticate(&self.app, self.key.key.expose())).unwrap()
    }

    /// A purchase with Conekta.
    pub(crate) fn command(&self, card_token: &str) -> StartPurchase {
        StartPurchase {
            gateway: GatewayKind::Conekta,
            product_id: self.product,
            method: PaymentMethod::Card(CardPayment::with_token(Secret::new(card_token))),
            customer: Customer {
                name: "Luis".to_owned(),
                email: Email::from_stored("luis@x.test"),
                phone: None,
            },
            credential_kind: CredentialKind::UserAndPassword,
            device: DeviceHints::default(),
            idempotency_key: None,
            shown_price: None,
        }
    }

    /// A purchase with Mercado Pago.
    pub(crate) fn mercado_pago_command(&self, card_token: &str) -> StartPurchase {
        StartPurchase {
            gateway: GatewayKind::MercadoPago,
            method: PaymentMethod::Card(CardPayment {
                brand: Some("visa".to_owned()),
                ..CardPayment::with_token(Secret::new(card_token))
            }),
            shown_price: Some(PRICE),
            ..self.command(card_token)
        }
    }

    pub(crate) fn start(
        &self,
        command: StartPurchase,
    ) -> Result<PurchaseAnswer, StartPurchaseError> {
        let portal = self.portal();
        let permit = || Ok(());
        self.run(checkout::start_purchase(
            &self.app, &portal, command, &permit,
        ))
    }

    /// Buys with one card token; whatever the answer, there is one.
    pub(crate) fn buy(&self, card_token: &str) -> PurchaseAnswer {
        self.start(self.command(card_token)).unwrap()
    }

    /// Runs a use case together with the tasks that it spawns.
    pub(crate) fn run<T>(&self, use_case: impl Future<Output = T>) -> T {
        block_on(async { futures::join!(use_case, self.spawner.run_all()).0 })
    }

    /// The purchases, newest first.
    pub(crate) fn purchases(&self) -> Vec<Purchase> {
        block_on(async {
            let mut unit = self.store.begin(Scope::Platform).await.unwrap();
            let all = unit
                .purchases()
                .list_by_state(&PurchaseState::ALL, None, 100);
            all.await.unwrap()
        })
    }

    /// The newest purchase.
    pub(crate) fn purchase(&self) -> Purchase {
        self.purchases().into_iter().next().unwrap()
    }

    /// Lets time pass, then workers do all that is due; answers how much it was.
    pub(crate) fn work_after(&self, span: Duration) -> usize {
        self.clock.advance(span);
        let due = block_on(persistence::claim_due(&self.app, 10, Vec::new())).unwrap();
        let count = due.len();
        for purchase in due {
            block_on(engine::advance(&self.app, purchase)).unwrap();
        }
        count
    }

    /// Takes the stored notifications out, oldest first.
    pub(crate) fn notifications(&self) -> Vec<NotificationKind> {
        let mut kinds = Vec::new();
        // A tenant's next one can be claimed when the one before is done.
        while let Some(entry) = block_on(deliver::claim(&self.app, 1)).unwrap().pop() {
            block_on(async {
                let mut unit = self.store.begin(Scope::Platform).await.unwrap();
                unit.outbox().finish(entry.id).await.unwrap();
                unit.commit().await.unwrap();
            });
            kinds.push(entry.kind);
        }
        kinds
    }
}

pub(crate) fn log_in(app: &App, email: &str) -> Session {
    let (email, password) = (Email::from_stored(email), Secret::new(PASSWORD));
    let origin = Origin::default();
    let logged_in = block_on(login::login(app, &email, password, &origin)).unwrap();
    block_on(session::authenticate(app, &logged_in.token, origin)).unwrap()
}

/// A tenant with an administrator; both gateways and Telegram are configured.
pub(crate) fn new_operator(app: &App, owner: &SuperAdmin, email: &str) -> TenantAdmin {
    let tenant = CreateTenant {
        name: "Café".to_owned(),
        contact_email: Email::from_stored(email),
        contact_phone: None,
        gateway: GatewayKind::Conekta,
        gateway_secret: Secret::new("key_1"),
        gateway_public_key: "key_pub_1".to_owned(),
        gateway_mode: GatewayMode::Test,
    };
    let tenant = block_on(create_tenant(app, owner, tenant)).unwrap();
    block_on(create_user(app, owner, new_user(email, Some(&tenant.id)))).unwrap();
    let operator = log_in(app, email).into_tenant_admin().unwrap();
    let change = ConfigureGateway {
        secret: Edit::Set(Secret::new("TEST-1")),
        telegram_token: Edit::Set(Secret::new("123:abc")),
        telegram_chat_id: Edit::Set("-100".to_owned()),
        notices_enabled: Some(true),
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    };
    block_on(configure_gateway(app, &operator, change)).unwrap();
    operator
}

pub(crate) fn new_user(email: &str, tenant: Option<&TenantId>) -> CreateUser {
    let role = tenant.map_or("super_admin", |_| "cliente_admin");
    CreateUser {
        email: Email::from_stored(email),
        password: Secret::new(PASSWORD),
        name: "Ana".to_owned(),
        role: role.to_owned(),
        tenant_id: tenant.map(ToString::to_string),
    }
}

pub(crate) fn new_router() -> CreateRouter {
    CreateRouter {
        name: "Patio".to_owned(),
        host: Host::from_stored("192.0.2.1"),
        port: 8728,
        username: "api".to_owned(),
        password: Secret::new("secreta"),
        tls: RouterTls {
            mode: TlsMode::None,
            ca_pem: None,
            fingerprint: None,
        },
        location: None,
    }
}

pub(crate) fn draft(router: &Router, profile_id: &str) -> ProductDraft {
    ProductDraft {
        router_id: router.id.clone(),
        profile_id: profile_id.to_owned(),
        profile_name: "1hora".to_owned(),
        sale_name: "1 hora".to_owned(),
        description: None,
        image_url: None,
        price: Price::new(PRICE, Currency::Mxn).unwrap(),
        details_json: "[]".to_owned(),
        is_active: true,
        display_order: 0,
        is_featured: false,
    }
}
