//! An asynchronous RouterOS API client: many calls at once on one connection, TLS that suits
//! routers, errors that tell whether a command may have had its effect, and a pool with a circuit
//! breaker per router.
//!
//! | to | use |
//! |---|---|
//! | connect | [`connect::connect`], [`options::ConnectOptions`], [`tls::Tls`] |
//! | run a command | [`client::Client::execute`], [`client::Client::add`] |
//! | follow a long answer, `listen`, cancel | [`client::Client::stream`], [`stream::RowStream`] |
//! | find out what is wrong | [`diagnosis::Diagnosis`] |
//! | share connections to many routers | [`pool::Pool`] |
//! | build commands, read rows | [`proto`], which is `routeros-proto` |
//!
//! This crate knows no tenant, no hotspot and no database. It logs nothing: what happened is in
//! the values that it returns.
#![forbid(unsafe_code)]

mod buffer;
pub mod client;
pub mod connect;
pub mod connect_error;
pub mod diagnosis;
mod dial;
mod driver;
pub mod error;
pub mod fingerprint;
mod host;
mod link;
pub mod options;
pub mod pool;
pub mod reply;
mod request;
pub mod stream;
mod time;
pub mod tls;

pub use routeros_proto as proto;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
