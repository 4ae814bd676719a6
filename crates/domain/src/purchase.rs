//! A sale, from the first click to the last refund.
//!
//! The charge is the pivot: every step before it can be undone, every step after it can only be
//! retried forward. [`Purchase`] is changed through its methods alone, each of which is one
//! allowed step; `apply` holds what a gateway's word changes.

mod apply;
mod lifecycle;
mod record;
mod state;

pub use apply::{Applied, FactSource};
pub use record::{DeviceHints, NewPurchase, Purchase, ReadTally};
pub use state::{AccessState, FailureReason, PurchaseState, TransitionError};
