//! How a simulator comes to be.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::command::listen::tell_listeners;
use crate::declare::{Answer, Call, Handler, MenuSpec};
use crate::error::StartError;
use crate::factory;
use crate::hotspot::expiry;
use crate::policy::{Account, Policies};
use crate::server::port;
use crate::server::tls::{self, TlsMode};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::simulator::{Parts, Simulator};
use crate::sync::lock;
use crate::version::Version;

/// How often a running clock looks for what has ended.
const TICK: Duration = Duration::from_secs(1);

/// Describes a simulator. Without anything said: version 7.18, `127.0.0.1` on a free port, no
/// TLS, a driven clock, and the user `admin` with an empty password.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    version: Version,
    version_text: Option<String>,
    address: SocketAddr,
    tls: Option<TlsMode>,
    clock: Clock,
    accounts: Vec<Account>,
    settings: Option<Settings>,
    routerboard: bool,
    transcript: bool,
    menus: Vec<MenuSpec>,
    commands: Vec<(String, Handler)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            version: Version::default(),
            version_text: None,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            clock: Clock::driven(),
            accounts: Vec::new(),
            settings: None,
            routerboard: true,
            transcript: true,
            menus: Vec::new(),
            commands: Vec::new(),
        }
    }
}

impl Simulator {
    /// Starts to describe a simulator.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Which RouterOS to play.
    pub const fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// What `/system/resource` prints as version, such as `7.20rc1 (testing)`.
    pub fn version_text(mut self, text: &str) -> Self {
        self.version_text = Some(text.to_owned());
        self
    }

    /// Where to listen; port 0 for any free one.
    pub const fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Speaks TLS, as `api-ssl`.
    pub const fn tls(mut self, mode: TlsMode) -> Self {
        self.tls = Some(mode);
        self
    }

    /// Uses this clock; see [`Clock::real`].
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Adds a user of the router with all policies. The first one replaces `admin`.
    pub fn account(self, name: &str, password: &str) -> Self {
        self.account_with(name, password, Policies::full())
    }

    /// Adds a user of the router. The password is bytes: old routers hold them in a code page.
    pub fn account_with(
        mut self,
        name: &str,
        password: impl AsRef<[u8]>,
        policies: Policies,
    ) -> Self {
        self.accounts.push(Account {
            name: name.as_bytes().to_vec(),
            password: password.as_ref().to_vec(),
            policies,
        });
        self
    }

    /// Sets the switches. Without it they are as usual for the version.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.routerboard = settings.routerboard;
        self.settings = Some(settings);
        self
    }

    /// Whether the board is a `RouterBOARD`; a CHR is not.
    pub const fn routerboard(mut self, routerboard: bool) -> Self {
        self.routerboard = routerboard;
        self
    }

    /// Adds a menu of the test's own, or replaces one that there is.
    pub fn menu(mut self, menu: MenuSpec) -> Self {
        self.menus.push(menu);
        self
    }

    /// Adds a command of the test's own, such as `/tool/wol`, or replaces one that there is.
    ///
    /// ```
    /// use routeros_sim::{Answer, Simulator};
    /// let builder = Simulator::builder().command("/tool/wol", |call| match call.get("mac") {
    ///     Some(_) => Answer::done(),
    ///     None => Answer::refused("missing value(s) of argument(s) mac"),
    /// });
    /// ```
    pub fn command(
        mut self,
        path: &str,
        answer: impl Fn(&Call) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.commands
            .push((path.to_owned(), Handler(Arc::new(answer))));
        self
    }

    /// Whether what is said is written down; on unless switched off, as benchmarks may.
    pub const fn transcript(mut self, enabled: bool) -> Self {
        self.transcript = enabled;
        self
    }

    /// Starts it on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] when the address cannot be bound or the certificate cannot be made.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[expect(
        clippy::unused_async,
        reason = "a simulator needs a runtime around it, and the signature says so"
    )]
    pub async fn start(self) -> Result<Simulator, StartError> {
        let bind_error = |source| StartError::Bind {
            address: self.address,
            source,
        };
        let tls = self.tls.map(tls::identity).transpose()?;
        let listener = port::open(self.address).map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        let mut settings = self.settings.unwrap_or_else(|| Settings {
            cookie_add: self.version.is_v7(),
            ..Settings::default()
        });
        settings.routerboard = self.routerboard;
        let mut router = factory::router(self.version, settings, self.clock.clone());
        for menu in self.menus {
            router.declare(menu.into_menu());
        }
        router.commands.extend(self.commands);
        if let Some(text) = self.version_text {
            router.version_text = text;
        }
        router.accounts = self.accounts;
        if router.accounts.is_empty() {
            router.accounts.push(Account {
                name: b"admin".to_vec(),
                password: Vec::new(),
                policies: Policies::full(),
            });
        }
        let shared = Arc::new(Shared::new(router, self.transcript));
        let (orders, received) = mpsc::channel(16);
        tokio::spawn(port::run(
            Arc::clone(&shared),
            listener,
            address,
            tls.clone(),
            received,
        ));
        if !self.clock.is_driven() {
            tokio::spawn(tick(Arc::clone(&shared)));
        }
        Ok(Simulator::new(Parts {
            shared,
            address,
            tls,
            clock: self.clock,
            orders,
        }))
    }
}

/// With a clock that runs by itself, sessions end also while nobody asks, and listeners hear it.
async fn tick(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            biased;
            () = shared.root.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
        let mut router = lock(&shared.router);
        expiry::tick(&mut router);
        tell_listeners(&mut router);
    }
}
