//! What the program can be told to do.

pub(crate) mod create_admin;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod rotate_keys;
pub(crate) mod serve;

/// Anything that ends a command.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;
