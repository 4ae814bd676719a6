//! What moves a purchase: one set of steps for the request and for the workers.

mod access;
pub(crate) mod charge;
mod refund;
pub(crate) mod request;
mod schedule;
mod verify;
pub mod worker;
