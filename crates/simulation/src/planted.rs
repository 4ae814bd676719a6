//! Planted bugs, for the simulation to find: a proof that it would find real ones.
//!
//! Each is a decorator around a port that makes the unchanged application behave as if it had
//! the bug.

mod gateway;
mod hotspot;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use domain::ids::PurchaseId;
use domain::money::Money;
use fakes::hotspot::RouterNetwork;
use ports::hotspot::{HotspotGateway, HotspotUser, RouterAccess};
use ports::payments::PaymentGateway;
use ports::security::Digests;
use ports::store::Store;

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlantedBug {
    /// A charge whose answer was lost counts as not made.
    LostAnswerIsNoCharge,
    /// After a lost answer of the router nobody looks whether the user was added.
    NoLookupAfterLostReply,
    /// Access is enabled before `paid` is committed.
    ActivateBeforePaid,
    /// A repeated request is not recognized.
    ForgetKeys,
    /// A repeated request is taken for the same whatever it asks for.
    ForgetFingerprint,
    /// Writes go through although somebody else has changed the purchase.
    NoCompareAndSet,
    /// What a gateway's message says is believed, signed or not.
    TrustNotices,
    /// A refund is sent again without looking whether it was made.
    RefundWithoutReading,
    /// Reads that failed count as reads that found no charge.
    FailedReadsCount,
    /// What was reserved for a declined sale stays.
    NoRemovalAfterDecline,
    /// A removal that the router did not answer counts as done.
    RemoveOnce,
    /// Purchases are worked on whoever holds their lease.
    NoLease,
}

impl PlantedBug {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::LostAnswerIsNoCharge,
        Self::NoLookupAfterLostReply,
        Self::ActivateBeforePaid,
        Self::ForgetKeys,
        Self::ForgetFingerprint,
        Self::NoCompareAndSet,
        Self::TrustNotices,
        Self::RefundWithoutReading,
        Self::FailedReadsCount,
        Self::NoRemovalAfterDecline,
        Self::RemoveOnce,
        Self::NoLease,
    ];
}

/// What the decorators of one run remember.
#[derive(Default)]
struct Memory {
    /// Where each sale's user was reserved.
    reserved: BTreeMap<PurchaseId, (RouterAccess, HotspotUser)>,
    /// What each reference is to cost.
    prices: BTreeMap<String, Money>,
    /// References that somebody claimed were paid.
    claimed: BTreeSet<String>,
    /// Refunded totals as last shown, by reference.
    shown: BTreeMap<String, i64>,
    /// References with a refund that was not answered.
    unanswered: BTreeSet<String>,
}

/// Plants at most one bug into the ports of every replica of a run.
#[derive(Clone, Default)]
pub(crate) struct Planter {
    bug: Option<PlantedBug>,
    memory: Arc<Mutex<Memory>>,
}

impl Planter {
    pub(crate) fn new(bug: Option<PlantedBug>) -> Self {
        Self {
            bug,
            memory: Arc::default(),
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
            Some(bug @ (PlantedBug::ActivateBeforePaid | PlantedBug::RemoveOnce)) => {
                let memory = Arc::clone(&self.memory);
                Arc::new(hotspot::BuggyHotspot::new(hotspot, bug, memory))
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
                | PlantedBug::FailedReadsCount),
            ) => Arc::new(gateway::BuggyGateway {
                inner: gateway,
                hotspot: Arc::clone(hotspot),
                bug,
                memory: Arc::clone(&self.memory),
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
                | PlantedBug::NoLease),
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
