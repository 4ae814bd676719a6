//! The use cases.
//!
//! Here, and only here, is decided who may do what (see [`caller`]) and where transactions begin
//! and end. No remote call and no password hashing happens while a transaction is open. This
//! crate knows no JSON, no SQL, no HTTP, no socket and no runtime.

pub mod api_keys;
pub mod app;
pub mod audit_log;
pub mod auth;
pub mod caller;
pub mod company;
pub mod crash;
pub mod error;
pub mod operator_routers;
mod planted;
pub mod portal;
pub mod products;
pub mod purchases;
pub mod routers;
pub mod sabotage;
pub mod secrets;
pub mod settings;
pub mod tenants;
pub mod users;
pub mod vocabulary;
pub mod webhooks;
pub mod workers;
