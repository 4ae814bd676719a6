//! Notices to the merchant's server: signed, wrongly signed, doubled, out of order.

pub(crate) mod keys;
