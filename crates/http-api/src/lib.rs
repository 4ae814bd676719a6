//! The JSON API.
//!
//! One file per resource: its endpoints, what they read, what they respond, and the mapping from
//! the use cases' errors to status and Spanish text. JSON names and customer texts live here and
//! nowhere else. This crate knows no adapter: it calls use cases of `application`.
//!
//! How to add an endpoint: `docs/contributing.md`.

mod audit_log;
mod auth;
mod body;
mod docs;
pub mod endpoint;
mod error;
mod extract;
mod fallback;
mod health;
pub mod limits;
pub mod openapi;
mod operator;
mod platform;
mod portal;
pub mod routes;
pub mod server;
pub mod state;
mod texts;
mod webhooks;
mod wire;
