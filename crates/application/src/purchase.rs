//! Selling access: the purchase from the first click to the last refund.
//!
//! [`checkout`] stores the purchase and starts [`engine`], which the request and the workers share.

pub mod checkout;
pub mod command;
pub mod engine;
pub mod idempotency;
pub mod persistence;
pub mod refund_request;
pub mod review;
pub mod status;
