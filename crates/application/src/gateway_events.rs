//! Events sent by gateways: stored before they are acknowledged, processed by workers.

pub mod process;
pub mod receive;
