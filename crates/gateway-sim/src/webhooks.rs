//! Notices to the merchant's server: signed, wrongly signed, doubled, out of order.

pub(crate) mod build;
pub(crate) mod deliver;
pub(crate) mod keys;
pub(crate) mod order;
pub(crate) mod sign;
pub(crate) mod targets;
