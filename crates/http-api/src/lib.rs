//! HTTP endpoints.
//!
//! One file per endpoint: what it takes, what it answers, and its exhaustive mapping from the use
//! case's errors to status and Spanish text. JSON names and customer texts live here and nowhere
//! else. This crate knows no adapter: it calls use cases of `application`.

mod auth;
mod body;
mod client_admin;
mod connection;
mod docs;
pub mod endpoint;
mod error;
mod extract;
mod fallback;
mod health;
pub mod limits;
mod middleware;
pub mod openapi;
mod portal;
pub mod routes;
pub mod server;
pub mod state;
mod static_files;
mod super_admin;
mod webhooks;
mod wire;
