//! The adapter.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::RouterId;
use domain::secret::Secret;
use ports::hotspot::{
    Activation, ActivationRequest, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway,
    ProfileInfoOutcome, ProfileRow, ReconnectOutcome, Reconnection, Removal, RemovalOutcome,
    Reservation, Reserved, RouterAccess, RouterProbe,
};
use ports::system::{SecureRandom, random_bytes};
use routeros_client::{BreakerCounts, BreakerState, Pool};
use tokio::runtime::Handle;

use crate::activate::activate;
use crate::config::HotspotConfig;
use crate::connect::{Device, Standing, connect};
use crate::memory::Memory;
use crate::probe::probe;
use crate::profile_info::profile_info;
use crate::profiles::profiles;
use crate::reconnect::reconnect;
use crate::remove::remove;
use crate::reserve::reserve;
use crate::step::Step;

/// Hotspot users and sessions on RouterOS routers.
///
/// Connections are pooled per router and live on the runtime given at the start, so it may be
/// called from any other tokio runtime too.
#[derive(Debug)]
pub struct RouterOsHotspot {
    config: HotspotConfig,
    pool: Pool<RouterId>,
    runtime: Handle,
    memory: Memory,
}

impl RouterOsHotspot {
    /// An adapter without connections; they are made when needed.
    #[must_use]
    pub fn new(config: HotspotConfig, runtime: Handle, random: Arc<dyn SecureRandom>) -> Self {
        let jitter = Arc::new(move || u64::from_le_bytes(random_bytes(random.as_ref())));
        Self {
            pool: Pool::new(config.pool(), runtime.clone(), jitter),
            config,
            runtime,
            memory: Memory::default(),
        }
    }

    /// How many routers' circuit breakers are in which state.
    #[must_use]
    pub fn breakers(&self) -> BreakerCounts {
        self.pool.breakers()
    }

    /// The circuit breaker of a router that was used lately.
    #[must_use]
    pub fn breaker(&self, router: &RouterId) -> Option<BreakerState> {
        self.pool.breaker(router)
    }

    /// Open connections to all routers.
    #[must_use]
    pub fn open_sessions(&self) -> usize {
        self.pool.sessions()
    }

    pub(crate) const fn config(&self) -> &HotspotConfig {
        &self.config
    }

    pub(crate) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub(crate) fn step<'a>(&'a self, router: &'a RouterAccess) -> Step<'a> {
        Step::new(&self.pool, router, &self.config)
    }
}

#[async_trait]
impl HotspotGateway for RouterOsHotspot {
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError> {
        reserve(&mut self.step(router), reservation).await
    }

    async fn activate(
        &self,
        router: &RouterAccess,
        request: &ActivationRequest,
    ) -> Result<Activation, HotspotError> {
        activate(&mut self.step(router), request).await
    }

    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError> {
        remove(&mut self.step(router), removal).await
    }

    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        fresh: bool,
    ) -> Result<DeviceConnection, HotspotError> {
        let device = Device {
            user: login.name.as_str(),
            password: &login.password,
            mac: login.mac,
            ip: login.ip,
            standing: if fresh {
                Standing::Fresh
            } else {
                Standing::Proven
            },
        };
        connect(&mut self.step(router), &self.memory, &device).await
    }

    async fn reconnect(
        &self,
        router: &RouterAccess,
        reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError> {
        reconnect(&mut self.step(router), &self.memory, reconnection).await
    }

    async fn profile_info(
        &self,
        router: &RouterAccess,
        name: &str,
        password: Option<Secret>,
        known_password: Option<Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError> {
        profile_info(
            &mut self.step(router),
            name,
            password.as_ref(),
            known_password.as_ref(),
        )
        .await
    }

    async fn profiles(&self, router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError> {
        profiles(&mut self.step(router)).await
    }

    async fn certificate(&self, router: &RouterAccess) -> Result<Option<String>, HotspotError> {
        Ok(self.step(router).certificate().await?)
    }

    async fn probe(&self, router: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        let config = self.config.clone();
        let task = self.runtime.spawn(probe(router.clone(), config));
        // The task ends by its own deadline; it is only lost when the runtime is.
        task.await.unwrap_or(Err(HotspotError::Unreachable))
    }
}
