//! The bugs, and what the decorators of one run share.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::PurchaseId;
use domain::money::Money;
use ports::hotspot::{ActivationRequest, RouterAccess};

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
    /// A user is enabled by its id alone, whoever has it by now.
    ActivateByBareId,
    /// Somebody who begins again is not led back to the open purchase.
    ForgetOpenPurchases,
    /// Money that a worker finds always buys access.
    GrantFoundMoney,
    /// Money that a worker finds always goes back.
    RefundFoundMoney,
    /// Two decisions about one person do not wait for each other.
    NoPersonLock,
    /// Audits compare nothing.
    AuditReadsNothing,
}

impl PlantedBug {
    /// All of them.
    pub const ALL: [Self; 18] = [
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
        Self::ActivateByBareId,
        Self::ForgetOpenPurchases,
        Self::GrantFoundMoney,
        Self::RefundFoundMoney,
        Self::NoPersonLock,
        Self::AuditReadsNothing,
    ];
}

/// What the decorators of one run have seen.
#[derive(Default)]
pub(super) struct Notes {
    /// Where each sale's user was reserved.
    pub(super) reserved: BTreeMap<PurchaseId, (RouterAccess, ActivationRequest)>,
    /// What each reference is to cost.
    pub(super) prices: BTreeMap<String, Money>,
    /// References that somebody claimed were paid.
    pub(super) claimed: BTreeSet<String>,
    /// Refunded totals as last shown, by reference.
    pub(super) shown: BTreeMap<String, i64>,
    /// References with a refund that was not answered.
    pub(super) unanswered: BTreeSet<String>,
}
