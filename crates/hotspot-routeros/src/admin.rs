//! Looking after a router: the port [`RouterAdmin`] beside the one for users and sessions.

mod customer;
mod garden;
mod inspect;
mod users;

use async_trait::async_trait;
use domain::credentials::HotspotName;
use domain::garden::GardenRow;
use domain::network::MacAddress;
use ports::hotspot::{HotspotError, RouterAccess};
use ports::router_admin::{CustomerFacts, GardenChange, Inspection, RouterAdmin};

use crate::gateway::RouterOsHotspot;

#[async_trait]
impl RouterAdmin for RouterOsHotspot {
    async fn inspect(
        &self,
        router: &RouterAccess,
        users: &[HotspotName],
    ) -> Result<Inspection, HotspotError> {
        let look = inspect::inspect(router.clone(), self.config().clone(), users.to_vec());
        // The task ends by its own deadline; it is only lost when the runtime is.
        let task = self.runtime().spawn(look);
        task.await.unwrap_or(Err(HotspotError::Unreachable))
    }

    async fn garden(&self, router: &RouterAccess) -> Result<Vec<GardenRow>, HotspotError> {
        garden::rows(&mut self.step(router)).await
    }

    async fn change_garden(
        &self,
        router: &RouterAccess,
        change: &GardenChange,
    ) -> Result<(), HotspotError> {
        garden::change(&mut self.step(router), change).await
    }

    async fn customer(
        &self,
        router: &RouterAccess,
        name: &HotspotName,
        mac: Option<MacAddress>,
    ) -> Result<CustomerFacts, HotspotError> {
        customer::customer(&mut self.step(router), name, mac).await
    }
}
