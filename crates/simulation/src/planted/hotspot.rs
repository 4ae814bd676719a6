//! Bugs around the routers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::ids::PurchaseId;
use domain::secret::Secret;
use fakes::fault::Lost;
use fakes::hotspot::{Command, Reply, RouterLink, RouterNetwork};
use ports::hotspot::{
    Activation, ActivationRequest, DeviceConnection, DeviceLogin, HotspotError, HotspotGateway,
    Ownership, ProfileInfoOutcome, ProfileRow, ReconnectOutcome, Reconnection, Removal,
    RemovalOutcome, Reservation, Reserved, RouterAccess, RouterProbe,
};

use crate::engine::lock;
use crate::planted::bug::{Notes, PlantedBug};

/// After a lost answer nobody looks whether the user was added.
pub(super) struct NoLookup(pub(super) Arc<dyn RouterNetwork>);

struct NoLookupLink(Box<dyn RouterLink>);

impl RouterNetwork for NoLookup {
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink> {
        Box::new(NoLookupLink(self.0.open(router)))
    }
}

#[async_trait]
impl RouterLink for NoLookupLink {
    async fn send(&self, command: Command) -> Result<Reply, Lost> {
        match command {
            Command::FindAdded(_) => Ok(Reply::Users(Vec::new())),
            command => self.0.send(command).await,
        }
    }
}

/// A hotspot with a bug of its own, or one that remembers for a gateway's.
pub(super) struct BuggyHotspot {
    inner: Arc<dyn HotspotGateway>,
    bug: PlantedBug,
    notes: Arc<Mutex<Notes>>,
}

impl BuggyHotspot {
    pub(super) fn new(
        inner: Arc<dyn HotspotGateway>,
        bug: PlantedBug,
        notes: Arc<Mutex<Notes>>,
    ) -> Self {
        Self { inner, bug, notes }
    }
}

#[async_trait]
impl HotspotGateway for BuggyHotspot {
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError> {
        let reserved = self.inner.reserve(router, reservation).await?;
        let number = reservation.comment.strip_prefix("reserva ");
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            let activation = ActivationRequest {
                user: reserved.user.clone(),
                ownership: Ownership {
                    id: Some(reserved.user.id.clone()),
                    comment: reservation.comment.clone(),
                    password: Some(reservation.password.clone()),
                    profile: reservation.profile.clone(),
                },
                just_reserved: true,
            };
            let place = (router.clone(), activation);
            let sale = PurchaseId::new(number);
            lock(&self.notes).reserved.insert(sale, place);
        }
        Ok(reserved)
    }

    async fn activate(
        &self,
        router: &RouterAccess,
        request: &ActivationRequest,
    ) -> Result<Activation, HotspotError> {
        let mut request = request.clone();
        request.just_reserved |= self.bug == PlantedBug::ActivateByBareId;
        self.inner.activate(router, &request).await
    }

    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError> {
        let outcome = self.inner.remove(router, removal).await;
        if self.bug == PlantedBug::RemoveOnce {
            return outcome.or(Ok(RemovalOutcome::Gone));
        }
        outcome
    }

    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        fresh: bool,
    ) -> Result<DeviceConnection, HotspotError> {
        self.inner.connect_device(router, login, fresh).await
    }

    async fn reconnect(
        &self,
        router: &RouterAccess,
        reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError> {
        self.inner.reconnect(router, reconnection).await
    }

    async fn profile_info(
        &self,
        router: &RouterAccess,
        name: &str,
        password: Option<Secret>,
        known_password: Option<Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError> {
        let inner = &self.inner;
        inner
            .profile_info(router, name, password, known_password)
            .await
    }

    async fn profiles(&self, router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError> {
        self.inner.profiles(router).await
    }

    async fn certificate(&self, router: &RouterAccess) -> Result<Option<String>, HotspotError> {
        self.inner.certificate(router).await
    }

    async fn probe(&self, router: &RouterAccess) -> Result<RouterProbe, HotspotError> {
        self.inner.probe(router).await
    }
}
