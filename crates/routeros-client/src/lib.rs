//! A RouterOS API client: many calls at once on one connection, TLS that suits routers, errors that
//! tell whether a command may have had its effect, a handle that reconnects, a pool with a circuit
//! breaker per router, and a blocking client without a runtime.
//!
//! | to | use | feature |
//! |---|---|---|
//! | connect | [`connect()`], [`ConnectOptions`], [`Tls`] | `async` |
//! | list, add, set, remove | [`Client::menu`], [`Menu`] | `async` |
//! | run any command | [`Client::execute`], [`Command`] | `async` |
//! | follow a long answer, `listen`, cancel | [`Client::stream`], [`RowStream`] | `async` |
//! | read and write types of your own | [`Reply::rows_as`], [`Menu::list_as`], [`proto::typed`] | `serde` |
//! | outlive cut connections | [`ReconnectingClient`] | `async` |
//! | share connections to many routers | [`Pool`] | `pool` |
//! | do without a runtime | [`blocking`] | `blocking` |
//! | find out what is wrong | [`Diagnosis`], [`CallError`] | |
//! | see calls as spans | `tracing` | `tracing` |
//!
//! By default `async`, `pool` and `tls` are on. `tls` is for the asynchronous client,
//! `blocking-tls` for the blocking one, which then has no tokio among its dependencies.
//!
//! This crate knows no tenant, no hotspot and no database. Without the feature `tracing` it logs
//! nothing: what happened is in the values that it returns.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without any client only the settings and errors are left, and nobody uses their insides.
#![cfg_attr(
    not(any(feature = "async", feature = "blocking")),
    allow(dead_code, reason = "the parts of both clients, without one")
)]

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "async")]
mod call;
#[cfg(feature = "async")]
mod client;
#[cfg(feature = "async")]
mod connect;
mod connect_error;
#[cfg(feature = "async")]
mod driver;
mod error;
mod fingerprint;
#[cfg(any(feature = "async", feature = "blocking", feature = "rustls"))]
mod host;
#[cfg(feature = "async")]
mod link;
#[cfg(any(feature = "async", feature = "blocking"))]
mod login_failure;
#[cfg(any(feature = "async", feature = "blocking"))]
mod menu;
#[cfg(feature = "async")]
mod moment;
mod options;
#[cfg(feature = "pool")]
mod pool;
#[cfg(feature = "async")]
mod reconnect;
mod reply;
#[cfg(feature = "async")]
mod request;
#[cfg(feature = "async")]
mod stream;
#[cfg(feature = "rustls")]
mod tls;

#[cfg(feature = "async")]
pub use client::Client;
#[cfg(feature = "async")]
pub use connect::{connect, connect_over};
pub use connect_error::{ConnectError, Diagnosis, Stage};
pub use error::{CallError, CallErrorKind, Closed, Effect, End, ProtocolFault, Refusal};
pub use fingerprint::{Fingerprint, InvalidFingerprint};
#[cfg(feature = "async")]
pub use menu::{Execute, Menu};
pub use options::{AddressFilter, ConnectOptions, StreamOptions, Timeouts, Tls};
#[cfg(feature = "pool")]
pub use pool::{BreakerCounts, BreakerState, Jitter, Lease, Pool, PoolConfig, PoolError};
#[cfg(feature = "async")]
pub use reconnect::{ReconnectingClient, Retry};
pub use reply::Reply;
#[cfg(feature = "async")]
pub use stream::RowStream;
#[cfg(feature = "rustls")]
pub use tls::{Authority, InvalidPem, Trust};

pub use routeros_proto as proto;
pub use routeros_proto::command::Command;
pub use routeros_proto::connection::CallOptions;
pub use routeros_proto::login::{Credentials, LoginMethod};
pub use routeros_proto::query::Query;
pub use routeros_proto::row::Row;
pub use routeros_proto::text::Value;
pub use routeros_proto::trap::TrapClass;

/// Compiles the examples of the README.
#[cfg(all(doctest, feature = "pool", feature = "serde", feature = "blocking"))]
#[doc = include_str!("../README.md")]
struct Readme;
