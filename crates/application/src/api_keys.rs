//! Router API keys, managed by the platform owner.

pub mod issue;
pub mod list;
pub mod regenerate;
pub mod revoke;
pub mod status;
