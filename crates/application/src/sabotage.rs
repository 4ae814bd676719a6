//! Planted bugs, for the simulation to find: a proof that it would find real ones.
//!
//! Without the feature `sabotage` nothing of it is compiled in; with it an application behaves as
//! ever until it is told otherwise.

use domain::gateway::{PaymentFacts, PaymentStatus};
use domain::purchase::{FactSource, Purchase};
use domain::time::Timestamp;

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// A charge whose answer was lost counts as not made.
    LostAnswerIsNoCharge,
    /// After a lost answer of the router nobody looks whether the user was added. Planted in the
    /// simulation's own copy of the adapter.
    NoLookupAfterLostReply,
    /// Access is enabled before `paid` is committed.
    ActivateBeforePaid,
    /// A repeated request is not known again.
    ForgetKeys,
    /// A repeated request is taken for the same whatever it asks for.
    ForgetFingerprint,
    /// Writes go through although somebody else has changed the purchase.
    NoCompareAndSet,
    /// What a notice says is believed, signed or not.
    TrustNotices,
    /// A refund is sent again without looking whether it was made.
    RefundWithoutReading,
    /// Reads that failed count as reads that found no charge.
    FailedReadsCount,
    /// What was reserved for a declined sale stays.
    NoRemovalAfterDecline,
    /// A removal that the router did not answer counts as done.
    RemoveOnce,
    /// Purchases are worked on whoever holds them.
    NoLease,
}

impl Sabotage {
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

/// Takes a notice at its word: whatever was asked for was paid.
pub(crate) fn believe(purchase: &mut Purchase, now: Timestamp) {
    let claimed = PaymentFacts {
        order_id: purchase.order_id.clone(),
        payment_id: Some("claimed".to_owned()),
        amount_minor: Some(purchase.amount.minor()),
        currency: Some(purchase.amount.currency().code().to_owned()),
        ..PaymentFacts::new(PaymentStatus::Approved, "claimed")
    };
    let expected = purchase.expected_payment(None);
    // Where it does not fit, the notice is ignored after all.
    let _refused = purchase.apply_facts(&claimed, &expected, FactSource::Read, now);
}
