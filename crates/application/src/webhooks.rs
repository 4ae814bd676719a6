//! Notices of gateways: stored before they are answered, processed by workers.

pub mod hints;
pub mod receive;
