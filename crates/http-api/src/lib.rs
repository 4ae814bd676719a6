//! HTTP endpoints.
//!
//! One file per endpoint: what it takes, what it answers, and its exhaustive mapping from the use
//! case's errors to status and Spanish text. JSON names and customer texts live here and nowhere
//! else. This crate knows no adapter: it calls use cases of `application`.

mod auth;
mod body;
mod client_admin;
pub mod endpoint;
mod error;
mod extract;
mod fallback;
mod health;
mod middleware;
pub mod openapi;
mod portal;
pub mod routes;
pub mod server;
pub mod state;
mod super_admin;
mod wire;
