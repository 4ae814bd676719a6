//! Puts the adapters behind the ports.

use std::sync::Arc;
use std::time::Duration;

use application::app::{App, Ports};
use application::settings::Settings;
use domain::gateway::GatewayKind;
use hotspot_routeros::config::HotspotConfig;
use hotspot_routeros::gateway::RouterOsHotspot;
use notify_telegram::TelegramChannel;
use payment_gateways::{ConektaConfig, ConektaGateway, MercadoPagoConfig, MercadoPagoGateway};
use ports::hotspot::HotspotGateway;
use ports::notify::{Channel, Channels};
use ports::payments::{Gateways, PaymentGateway};
use ports::store::Store;
use ports::system::SecureRandom;
use security::{
    Argon2idHasher, HashingLimits, HmacDigests, JwtTokens, OsRandom, PasswordCost, SecretBoxKeys,
    XChaChaSecretBox,
};
use storage_postgres::{PgStore, PoolSettings};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::commands::Failed;
use crate::config::Config;
use crate::system::{MainRuntime, SystemClock};

/// The application with what the server itself needs of its adapters.
pub(crate) struct Wired {
    pub(crate) app: Arc<App>,
    pub(crate) store: Arc<PgStore>,
    pub(crate) hotspot: Arc<RouterOsHotspot>,
    /// Purchases and refunds under way; shutdown waits for them.
    pub(crate) tasks: TaskTracker,
}

impl Wired {
    /// Builds everything; nothing is connected yet. Must be called on the main runtime.
    pub(crate) fn new(config: &Config) -> Result<Self, Failed> {
        let random: Arc<dyn SecureRandom> = Arc::new(OsRandom);
        let pool = PoolSettings {
            size: config.database_pool_size,
            ..PoolSettings::default()
        };
        let store = Arc::new(PgStore::new(config.database_url.clone(), &pool)?);
        let hotspot = Arc::new(RouterOsHotspot::new(
            HotspotConfig {
                router_timeout: config.purchases.router_timeout,
                allowed_networks: config.router_allowed_networks.clone(),
                ..HotspotConfig::default()
            },
            Handle::current(),
            Arc::clone(&random),
        ));
        let keys = SecretBoxKeys {
            encryption_keys: config.encryption_keys.as_ref(),
            session_secret: &config.jwt_session_secret,
            fernet_key: config.fernet_key.as_ref(),
        };
        let tasks = TaskTracker::new();
        let shared_store: Arc<dyn Store> = store.clone();
        let shared_hotspot: Arc<dyn HotspotGateway> = hotspot.clone();
        let connect_timeout = Duration::from_secs(3).min(config.purchases.gateway_timeout);
        let conekta: Arc<dyn PaymentGateway> = Arc::new(ConektaGateway::new(&ConektaConfig {
            base_url: config.conekta_api_base.clone(),
            request_timeout: config.purchases.gateway_timeout,
            connect_timeout,
        })?);
        let mercado_pago: Arc<dyn PaymentGateway> =
            Arc::new(MercadoPagoGateway::new(&MercadoPagoConfig {
                base_url: config.mercado_pago_api_base.clone(),
                request_timeout: config.purchases.gateway_timeout,
                connect_timeout,
                ..MercadoPagoConfig::default()
            })?);
        let gateways = Gateways::new(|kind| match kind {
            GatewayKind::Conekta => Arc::clone(&conekta),
            GatewayKind::MercadoPago => Arc::clone(&mercado_pago),
        });
        let telegram: Arc<dyn Channel> = Arc::new(TelegramChannel::new(&config.telegram_api_base)?);
        let ports = Ports {
            store: shared_store,
            clock: Arc::new(SystemClock),
            spawner: Arc::new(MainRuntime::new(Handle::current(), tasks.clone())),
            passwords: Arc::new(Argon2idHasher::new(
                PasswordCost::default(),
                HashingLimits::default(),
                Arc::clone(&random),
            )?),
            tokens: Arc::new(JwtTokens::new(
                config.jwt_algorithm,
                &config.jwt_session_secret,
                &config.jwt_api_key_secret,
            )),
            secrets: Arc::new(XChaChaSecretBox::new(keys, Arc::clone(&random))?),
            digests: Arc::new(HmacDigests::new(&config.jwt_api_key_secret)),
            hotspot: shared_hotspot,
            router_admin: hotspot.clone(),
            gateways,
            channels: Channels::new([telegram]),
            random,
        };
        let app = Arc::new(App::new(ports, settings(config)));
        Ok(Self {
            app,
            store,
            hotspot,
            tasks,
        })
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        session_lifetime: config.session_lifetime,
        api_key_lifetime: config.api_key_lifetime,
        credentials: config.credentials.clone(),
        purchases: config.purchases,
        public_base_url: config.public_base_url.clone(),
        customer_data_retention: config.customer_data_retention,
        idempotency_key_retention: config.idempotency_key_retention,
    }
}
