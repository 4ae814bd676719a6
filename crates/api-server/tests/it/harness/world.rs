//! Everything around the server, which outlives any process of it.

use gateway_sim::{Config, Sandbox, Secret, Settings, WebhookTargets};
use reqwest::Method;
use routeros_sim::Simulator;
use serde_json::Value;
use storage_postgres::DatabaseUrl;
use test_support::postgres::TestDatabase;
use tokio_postgres::Client;

use crate::harness::answer::{Answer, Http};
use crate::harness::server::{Server, Variable};

/// The account that the server uses on the router.
pub(crate) const ROUTER_USER: &str = "pagos-api";
/// The password for that.
pub(crate) const ROUTER_PASSWORD: &str = "clave-del-router-9c1f";
/// Secret of Mercado Pago's notices.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_5f0e7a6c11d2";
/// Who may log in from the start.
pub(crate) const OWNER_EMAIL: &str = "dueno@plataforma.test";
/// The password for that.
pub(crate) const OWNER_PASSWORD: &str = "ClaveAdminFichas123!";
/// The key ring.
pub(crate) const ENCRYPTION_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// Signs API keys.
pub(crate) const API_KEY_SECRET: &str = "secreto-de-pruebas-para-llaves-de-api-0001";
/// Signs sessions.
pub(crate) const SESSION_SECRET: &str = "secreto-de-pruebas-para-sesiones-00000002";

/// The world. Its parts stop with it.
pub(crate) struct World {
    database: TestDatabase,
    pub(crate) sql: Client,
    pub(crate) router: Simulator,
    pub(crate) gateways: Sandbox,
    pub(crate) http: Http,
    settings: Vec<Variable>,
}

impl World {
    /// A world with short times, so that what waits for them does not wait long.
    pub(crate) async fn new() -> Self {
        Self::with(&[
            ("GATEWAY_TIMEOUT_MS", "600"),
            ("ROUTER_TIMEOUT_MS", "600"),
            ("RECONCILE_INTERVAL_MS", "100"),
            ("RECONCILE_GIVE_UP_MS", "4500"),
        ])
        .await
    }

    /// A world with these settings besides what any needs.
    pub(crate) async fn with(settings: &[(&'static str, &str)]) -> Self {
        let migrate = async |url: &str| {
            storage_postgres::migrate(&DatabaseUrl::parse(url).unwrap())
                .await
                .map(drop)
        };
        Self::around(TestDatabase::new(migrate).await, settings).await
    }

    /// A world around a database.
    pub(crate) async fn around(database: TestDatabase, settings: &[(&'static str, &str)]) -> Self {
        let router = Simulator::builder().transcript(false);
        Self::build(database, router, settings).await
    }

    /// A world whose router writes down what is said.
    pub(crate) async fn overheard(settings: &[(&'static str, &str)]) -> Self {
        let migrate = async |url: &str| {
            storage_postgres::migrate(&DatabaseUrl::parse(url).unwrap())
                .await
                .map(drop)
        };
        let database = TestDatabase::new(migrate).await;
        Self::build(database, Simulator::builder(), settings).await
    }

    async fn build(
        database: TestDatabase,
        router: routeros_sim::Builder,
        settings: &[(&'static str, &str)],
    ) -> Self {
        let sql = database.connect().await;
        // Row-level security binds us too; we look behind everybody's scenes.
        sql.batch_execute("SET app.alcance = '*'").await.unwrap();
        let router = router
            .account(ROUTER_USER, ROUTER_PASSWORD)
            .start()
            .await
            .unwrap();
        let gateways = Sandbox::start(Config {
            seed: Config::fresh_seed(),
            settings: Settings::default(),
            webhooks: WebhookTargets {
                secret: Some(Secret::from(WEBHOOK_SECRET)),
                ..WebhookTargets::default()
            },
            ..Config::default()
        })
        .await
        .unwrap();
        let settings = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        Self {
            database,
            sql,
            router,
            gateways,
            http: Http::new(),
            settings,
        }
    }

    /// The server's environment.
    pub(crate) fn environment(&self) -> Vec<Variable> {
        let mut all: Vec<Variable> = vec![
            ("DATABASE_URL", self.database.url()),
            ("DATABASE_POOL_SIZE", "6".to_owned()),
            ("BIND_ADDR", "127.0.0.1:0".to_owned()),
            ("JWT_APIKEY_SECRET", API_KEY_SECRET.to_owned()),
            ("JWT_SESSION_SECRET", SESSION_SECRET.to_owned()),
            ("ENCRYPTION_KEYS", format!("k1:{ENCRYPTION_KEY}")),
            ("SUPER_ADMIN_INITIAL_EMAIL", OWNER_EMAIL.to_owned()),
            ("SUPER_ADMIN_INITIAL_PASSWORD", OWNER_PASSWORD.to_owned()),
            ("CONEKTA_API_BASE", self.gateways.conekta_url().to_owned()),
            (
                "MERCADO_PAGO_API_BASE",
                self.gateways.mercado_pago_url().to_owned(),
            ),
            ("TELEGRAM_API_BASE", self.gateways.telegram_url().to_owned()),
            ("ROUTER_ALLOWED_NETWORKS", "127.0.0.0/8".to_owned()),
            ("NO_COLOR", "1".to_owned()),
            ("RATE_LIMIT_LOGIN_PER_MINUTE", "0".to_owned()),
            ("RATE_LIMIT_PAYMENTS_PER_MINUTE", "0".to_owned()),
            ("RATE_LIMIT_RECONNECT_PER_MINUTE", "0".to_owned()),
        ];
        all.extend(self.settings.iter().cloned());
        all
    }

    /// A server that listens.
    pub(crate) async fn server(&self) -> Server {
        self.server_with(&[]).await
    }

    /// A server with more variables; later ones win.
    pub(crate) async fn server_with(&self, more: &[(&'static str, &str)]) -> Server {
        let mut environment = self.environment();
        let more = more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        environment.extend(more);
        Server::serve(&environment).await
    }

    /// Sends a request with a bearer token; `None` when the server died over it.
    pub(crate) async fn session(
        &self,
        server: &Server,
        token: &str,
        call: (Method, &str),
        body: Option<Value>,
    ) -> Option<Answer> {
        let url = format!("{}{}", server.base, call.1);
        let mut request = self.http.request(call.0, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.http.send(request).await
    }
}
