//! Planted bugs, for the simulation to find: a proof that it would find real ones.
//!
//! Each is a decorator around a port that makes the unchanged application behave as if it had
//! the bug.

mod bug;
mod gateway;
mod hotspot;
mod store;

use std::sync::{Arc, Mutex};

use fakes::hotspot::RouterNetwork;
use ports::hotspot::HotspotGateway;
use ports::payments::PaymentGateway;
use ports::security::Digests;
use ports::store::Store;

use self::bug::Notes;
pub use self::bug::PlantedBug;

/// Plants at most one bug into the ports of every replica of a run.
#[derive(Clone, Default)]
pub(crate) struct Planter {
    bug: Option<PlantedBug>,
    notes: Arc<Mutex<Notes>>,
}

impl Planter {
    pub(crate) fn new(bug: Option<PlantedBug>) -> Self {
        Self {
            bug,
            notes: Arc::default(),
        }
    }

    pub(crate) fn network(&self, network: Arc<dyn RouterNetwork>) -> Arc<dyn RouterNetwork> {
        match self.bug {
            Some(PlantedBug::NoLookupAfterLostReply) => Arc::new(hotspot::NoLookup(network)),
            _ => network,
        }
    }

    pub(crate) fn hotspot(&self, hotspot: Arc<dyn HotspotGateway>) -> Arc<dyn HotspotGateway> {
        match self.bug {
            Some(
                bug @ (PlantedBug::ActivateBeforePaid
                | PlantedBug::RemoveOnce
                | PlantedBug::ActivateByBareId),
            ) => {
                let notes = Arc::clone(&self.notes);
                Arc::new(hotspot::BuggyHotspot::new(hotspot, bug, notes))
            }
            _ => hotspot,
        }
    }

    pub(crate) fn gateway(
        &self,
        gateway: Arc<dyn PaymentGateway>,
        hotspot: &Arc<dyn HotspotGateway>,
    ) -> Arc<dyn PaymentGateway> {
        match self.bug {
            Some(
                bug @ (PlantedBug::LostAnswerIsNoCharge
                | PlantedBug::ActivateBeforePaid
                | PlantedBug::TrustNotices
                | PlantedBug::RefundWithoutReading
                | PlantedBug::FailedReadsCount
                | PlantedBug::AuditReadsNothing),
            ) => Arc::new(gateway::BuggyGateway {
                inner: gateway,
                hotspot: Arc::clone(hotspot),
                bug,
                notes: Arc::clone(&self.notes),
            }),
            _ => gateway,
        }
    }

    pub(crate) fn store(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        match self.bug {
            Some(
                bug @ (PlantedBug::ForgetKeys
                | PlantedBug::NoCompareAndSet
                | PlantedBug::NoRemovalAfterDecline
                | PlantedBug::NoLease
                | PlantedBug::ForgetOpenPurchases
                | PlantedBug::GrantFoundMoney
                | PlantedBug::RefundFoundMoney
                | PlantedBug::NoPersonLock),
            ) => Arc::new(store::BuggyStore { inner: store, bug }),
            _ => store,
        }
    }

    pub(crate) fn digests(&self, digests: Arc<dyn Digests>) -> Arc<dyn Digests> {
        match self.bug {
            Some(PlantedBug::ForgetFingerprint) => Arc::new(SameFingerprint(digests)),
            _ => digests,
        }
    }
}

/// Every request has the same fingerprint.
struct SameFingerprint(Arc<dyn Digests>);

impl Digests for SameFingerprint {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        self.0.sha256(data)
    }

    fn keyed(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        match purpose {
            "purchase-fingerprint" => [0; 32],
            purpose => self.0.keyed(purpose, data),
        }
    }
}
