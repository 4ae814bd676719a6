//! Panel users, managed by the platform owner.

pub mod create;
pub mod find;
pub mod list;
pub mod reset_password;
pub mod toggle;
