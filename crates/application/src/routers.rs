//! The platform owner's view of routers.

pub mod create;
pub mod delete;
pub mod error;
pub mod find;
pub mod list;
pub mod toggle;
