//! Server, application and everything outside it.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use application::app::{App, Ports};
use application::platform::users::ensure_super_admin;
use application::settings::Settings;
use domain::contact::Email;
use domain::gateway::GatewayKind;
use domain::notification::ChannelKind;
use domain::secret::Secret;
use domain::time::Timestamp;
use fakes::{
    FakeGateway, FakeHotspot, FakeRouterAdmin, ManualClock, MemoryStore, PlainDigests,
    PlainPasswords, PlainSecretBox, PlainTokens, RecordingChannel, SeededRandom, StoreHook,
};
use futures::executor::block_on;
use http_api::limits::RateLimits;
use http_api::state::{HttpConfig, State, Timeouts};
use ports::notify::{Channel, Channels};
use ports::payments::Gateways;
use ports::system::{Task, TaskSpawner};
use serde_json::{Value, json};
use ureq::Agent;

use crate::harness::call::Call;

/// When every world begins: 2026-03-04T10:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);
/// [`NOW`] as answers show it.
pub(crate) const NOW_TEXT: &str = "2026-03-04T10:00:00";
/// The platform owner.
pub(crate) const OWNER_EMAIL: &str = "admin@tuempresa.test";
/// The platform owner's password.
pub(crate) const OWNER_PASSWORD: &str = "ClaveAdminFichas123!";
/// Far longer than any answer takes; only a hanging server meets it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Runs tasks on the server's main thread, as the real spawner does.
struct OnServer(Box<dyn Fn(Task) + Send + Sync>);

impl TaskSpawner for OnServer {
    fn spawn(&self, task: Task) {
        (self.0)(task);
    }
}

/// What a world can differ in.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) settings: Settings,
    /// `None`: switched off. They count by the real clock, which no test can stop.
    pub(crate) rate_limits: Option<RateLimits>,
    /// Networks, as in `TRUSTED_PROXIES`.
    pub(crate) trusted_proxies: Vec<&'static str>,
    /// `None`: the usual ones.
    pub(crate) timeouts: Option<Timeouts>,
    /// Called before every step of the store.
    pub(crate) store_hook: Option<StoreHook>,
    /// 0: no limit.
    pub(crate) max_connections_per_address: usize,
}

/// A server with its outside. Stops when dropped.
pub(crate) struct World {
    base: String,
    agent: Agent,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    owner: OnceLock<String>,
    pub(crate) app: Arc<App>,
    pub(crate) clock: ManualClock,
    pub(crate) router: Arc<FakeHotspot>,
    pub(crate) router_admin: Arc<FakeRouterAdmin>,
    pub(crate) conekta: Arc<FakeGateway>,
    pub(crate) mercado_pago: Arc<FakeGateway>,
    pub(crate) telegram: Arc<RecordingChannel>,
}

impl World {
    /// A world with default settings and the platform owner in it.
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    /// A world with these settings.
    pub(crate) fn with(settings: Settings) -> Self {
        Self::build(Options {
            settings,
            ..Options::default()
        })
    }

    /// A world with these options.
    pub(crate) fn build(options: Options) -> Self {
        let Options {
            settings,
            rate_limits,
            trusted_proxies,
            timeouts,
            store_hook,
            max_connections_per_address,
        } = options;
        let http = HttpConfig {
            app_name: "MikroTik Payment API".to_owned(),
            cors_origins: vec!["https://portal.tuempresa.test".to_owned()],
            rate_limits: rate_limits.unwrap_or(RateLimits::OFF),
            timeouts: timeouts.unwrap_or_default(),
            trusted_proxies: trusted_proxies
                .iter()
                .map(|network| network.parse().unwrap())
                .collect(),
            max_connections: 1_000,
            max_connections_per_address,
            metrics_are_elsewhere: false,
        };
        let store = MemoryStore::build("memory", store_hook);
        let clock = ManualClock::new(NOW);
        let router = Arc::new(FakeHotspot::new());
        let router_admin = Arc::new(FakeRouterAdmin::new());
        let conekta = Arc::new(FakeGateway::new(
            GatewayKind::Conekta,
            Arc::new(clock.clone()),
        ));
        let mercado_pago = Arc::new(FakeGateway::new(
            GatewayKind::MercadoPago,
            Arc::new(clock.clone()),
        ));
        let telegram = Arc::new(RecordingChannel::new(ChannelKind::Telegram));
        let ports = {
            let (store, clock) = (store.clone(), clock.clone());
            let router = Arc::clone(&router);
            let router_admin = Arc::clone(&router_admin);
            let (conekta, mercado_pago) = (Arc::clone(&conekta), Arc::clone(&mercado_pago));
            let channel: Arc<dyn Channel> = telegram.clone();
            move |spawner: OnServer| Ports {
                store: Arc::new(store),
                clock: Arc::new(clock),
                random: Arc::new(SeededRandom::new(7)),
                spawner: Arc::new(spawner),
                passwords: Arc::new(PlainPasswords),
                tokens: Arc::new(PlainTokens),
                secrets: Arc::new(PlainSecretBox::new()),
                digests: Arc::new(PlainDigests::default()),
                hotspot: router,
                router_admin,
                gateways: Gateways::new(|kind| match kind {
                    GatewayKind::Conekta => conekta.clone(),
                    GatewayKind::MercadoPago => mercado_pago.clone(),
                }),
                channels: Channels::new([channel]),
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (started, ready) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let main = System::current().arbiter().clone();
                let spawner = OnServer(Box::new(move |task| assert!(main.spawn(task))));
                let app = Arc::new(App::new(ports(spawner), settings));
                let state = State::new(Arc::clone(&app), http);
                let server = http_api::server::start(listener, state).unwrap();
                started.send((app, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (app, server) = ready.recv().unwrap();
        let owner = Email::parse(OWNER_EMAIL).unwrap();
        let password = Secret::new(OWNER_PASSWORD);
        let made = block_on(ensure_super_admin(&app, &owner, password, "Dueña"));
        assert!(made.unwrap());
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Self {
            base,
            agent,
            server,
            thread: Some(thread),
            owner: OnceLock::new(),
            app,
            clock,
            router,
            router_admin,
            conekta,
            mercado_pago,
            telegram,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request to this server; the path is sent as written.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call::new(&self.agent, method, format!("{}{path}", self.base))
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub(crate) fn put(&self, path: &str) -> Call<'_> {
        self.call("PUT", path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call<'_> {
        self.call("DELETE", path)
    }

    /// A session token of this user.
    pub(crate) fn login(&self, email: &str, password: &str) -> String {
        let body = json!({"email": email, "password": password});
        let answer = self.post("/api/v1/auth/login").json(&body);
        text(answer.expect(200), "access_token")
    }

    /// The platform owner's session token; one for the whole world.
    pub(crate) fn owner(&self) -> String {
        let token = self
            .owner
            .get_or_init(|| self.login(OWNER_EMAIL, OWNER_PASSWORD));
        token.clone()
    }

    /// Lets the workers look at every purchase that is due, until none is.
    pub(crate) fn run_purchase_workers(&self) {
        loop {
            let claim = application::purchase::persistence::claim_due(&self.app, 100, Vec::new());
            let due = block_on(claim).unwrap();
            if due.is_empty() {
                return;
            }
            for purchase in due {
                block_on(application::purchase::engine::advance(&self.app, purchase)).unwrap();
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Waiting for the answer is not needed: the thread ends when the server has stopped.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

/// A text field of a body.
#[track_caller]
pub(crate) fn text(body: &Value, field: &str) -> String {
    body[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {body}"))
        .to_owned()
}
