//! Notices of gateways: stored before they are answered, processed by workers.

pub mod configure_secret;
pub mod find_transaction;
pub mod hints;
pub(crate) mod learn;
pub mod receive;
pub mod status;
