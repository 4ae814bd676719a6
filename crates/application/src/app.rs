//! Everything a use case works with.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use ports::hotspot::HotspotGateway;
use ports::notify::Channels;
use ports::payments::{Gateways, PaymentGateway};
use ports::router_admin::RouterAdmin;
use ports::security::{Digests, PasswordHasher, SecretBox, TokenIssuer};
use ports::store::Store;
use ports::system::{Clock, SecureRandom, TaskSpawner};

use crate::replica::breaker::GatewayBreaker;
use crate::replica::hints::HintLimiter;
use crate::replica::key_usage::KeyUsage;
use crate::settings::Settings;

/// The ports, wired by the composition root.
pub struct Ports {
    /// Persistence.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn SecureRandom>,
    /// Tasks that outlive their request.
    pub spawner: Arc<dyn TaskSpawner>,
    /// Password hashing.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Tokens.
    pub tokens: Arc<dyn TokenIssuer>,
    /// Secrets at rest.
    pub secrets: Arc<dyn SecretBox>,
    /// Digests.
    pub digests: Arc<dyn Digests>,
    /// Routers.
    pub hotspot: Arc<dyn HotspotGateway>,
    /// Looking after routers.
    pub router_admin: Arc<dyn RouterAdmin>,
    /// Payment gateways.
    pub gateways: Gateways,
    /// Channels to operators.
    pub channels: Channels,
}

/// The application: ports, settings, and the little state that each replica keeps for itself.
pub struct App {
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
    pub(crate) key_usage: KeyUsage,
    is_draining: AtomicBool,
    pub(crate) breaker: GatewayBreaker,
    pub(crate) hints: HintLimiter,
    /// What the last audit found for a person to look at.
    pub(crate) audit_alerts: AtomicU64,
}

impl App {
    /// Puts the application together.
    #[must_use]
    pub fn new(ports: Ports, settings: Settings) -> Self {
        Self {
            ports,
            settings,
            key_usage: KeyUsage::default(),
            is_draining: AtomicBool::new(false),
            breaker: GatewayBreaker::default(),
            hints: HintLimiter::default(),
            audit_alerts: AtomicU64::new(0),
        }
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// Lets this much time pass.
    pub async fn pause(&self, span: Duration) {
        if !span.is_zero() {
            self.ports.clock.sleep(span).await;
        }
    }

    /// Makes [`App::is_ready`] say no from now on: the process is about to end.
    pub fn start_draining(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Whether the database answers and is migrated, and the process is not about to end.
    pub async fn is_ready(&self) -> bool {
        !self.is_draining.load(Ordering::Relaxed)
            && self.ports.store.is_ready().await.unwrap_or(false)
    }

    /// An id for a request that brought none, for the logs.
    #[must_use]
    pub fn new_request_id(&self) -> String {
        uuid::Builder::from_random_bytes(self.random_bytes())
            .into_uuid()
            .simple()
            .to_string()
    }

    pub(crate) fn gateway(&self, kind: GatewayKind) -> &dyn PaymentGateway {
        self.ports.gateways.get(kind)
    }

    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        ports::system::random_bytes(self.ports.random.as_ref())
    }
}
