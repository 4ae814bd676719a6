//! What the platform owner does.

pub mod api_keys;
pub mod audit_log;
pub mod routers;
pub mod tenants;
pub mod users;
