//! What is to be seen on routers, as a test says it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use domain::credentials::HotspotName;
use domain::garden::GardenRow;
use domain::ids::RouterId;
use domain::network::MacAddress;
use ports::hotspot::{HotspotError, RouterAccess};
use ports::router_admin::{CustomerFacts, GardenChange, Inspection, RouterAdmin};

use crate::fault::lock;

#[derive(Debug, Default)]
struct Seen {
    failure: Option<HotspotError>,
    inspection: Inspection,
    customer: CustomerFacts,
    gardens: BTreeMap<RouterId, Vec<GardenRow>>,
    next_id: u32,
}

/// Routers that show what they are told to, and keep a walled garden each.
#[derive(Default)]
pub struct FakeRouterAdmin(Mutex<Seen>);

impl FakeRouterAdmin {
    /// Routers on which nothing is to be seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this is what looking around finds; gardens are kept apart.
    pub fn show(&self, inspection: Inspection) {
        lock(&self.0).inspection = inspection;
    }

    /// From now on this is what is known of every customer.
    pub fn show_customer(&self, facts: CustomerFacts) {
        lock(&self.0).customer = facts;
    }

    /// Puts a row into a router's garden.
    pub fn plant(&self, router: &RouterId, row: GardenRow) {
        let mut seen = lock(&self.0);
        seen.gardens.entry(router.clone()).or_default().push(row);
    }

    /// The garden of a router.
    #[must_use]
    pub fn garden_of(&self, router: &RouterId) -> Vec<GardenRow> {
        lock(&self.0)
            .gardens
            .get(router)
            .cloned()
            .unwrap_or_default()
    }

    /// From now on every call fails with this; with `None` none does.
    pub fn fail(&self, failure: Option<HotspotError>) {
        lock(&self.0).failure = failure;
    }

    fn reach(&self) -> Result<(), HotspotError> {
        lock(&self.0).failure.clone().map_or(Ok(()), Err)
    }
}

impl fmt::Debug for FakeRouterAdmin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeRouterAdmin(..)")
    }
}

#[async_trait]
impl RouterAdmin for FakeRouterAdmin {
    async fn inspect(
        &self,
        router: &RouterAccess,
        _users: &[HotspotName],
    ) -> Result<Inspection, HotspotError> {
        self.reach()?;
        let garden = self.garden_of(&router.router_id);
        let inspection = lock(&self.0).inspection.clone();
        Ok(Inspection {
            garden,
            ..inspection
        })
    }

    async fn garden(&self, router: &RouterAccess) -> Result<Vec<GardenRow>, HotspotError> {
        self.reach()?;
        Ok(self.garden_of(&router.router_id))
    }

    async fn change_garden(
        &self,
        router: &RouterAccess,
        change: &GardenChange,
    ) -> Result<(), HotspotError> {
        self.reach()?;
        let mut seen = lock(&self.0);
        let seen = &mut *seen;
        let rows = seen.gardens.entry(router.router_id.clone()).or_default();
        rows.retain(|row| {
            let named = change.remove.contains(&(row.menu, row.id.clone()));
            !(named && row.comment == change.comment)
        });
        for entry in &change.add {
            seen.next_id += 1;
            rows.push(GardenRow {
                id: format!("*F{:X}", seen.next_id),
                menu: entry.menu,
                host: entry.host.clone(),
                comment: change.comment.clone(),
                is_open: true,
            });
        }
        Ok(())
    }

    async fn customer(
        &self,
        _router: &RouterAccess,
        _name: &HotspotName,
        _mac: Option<MacAddress>,
    ) -> Result<CustomerFacts, HotspotError> {
        self.reach()?;
        Ok(lock(&self.0).customer.clone())
    }
}
