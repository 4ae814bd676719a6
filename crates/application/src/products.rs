//! The operator's catalogue.

pub mod create;
pub mod deactivate;
pub mod error;
pub mod find;
pub mod list;
pub mod update;
