//! The platform owner's view of tenants.

pub mod create;
pub mod list;
pub mod overview;
pub mod stats;
pub mod toggle;
