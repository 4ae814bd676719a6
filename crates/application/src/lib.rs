//! The use cases.
//!
//! Here, and only here, is decided who may do what (see [`caller`]) and where transactions begin
//! and end. No remote call and no password hashing happens while a transaction is open. This
//! crate knows no JSON, no SQL, no HTTP, no socket and no runtime.

pub mod app;
pub mod auth;
pub mod caller;
pub mod crash;
pub mod edit;
pub mod error;
pub mod gateway_events;
pub mod jobs;
pub mod notifications;
pub mod operator;
pub mod platform;
pub mod portal;
pub mod purchase;
pub mod replica;
mod secrets;
pub mod settings;
mod transaction;
pub mod vocabulary;
