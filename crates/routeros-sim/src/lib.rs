//! A RouterOS API simulator for tests, as library and binary.
//!
//! [`Simulator`] listens on a real port, keeps the state of a router (addresses, PPP, queues, the
//! log, scripts, files, a whole hotspot), answers as one of four [`Version`]s, and breaks on demand
//! ([`Fault`]). Menus and commands that it lacks are declared ([`MenuSpec`], [`Builder::command`]).
//! Its clock is driven by the test. It shares the codec with the client side but none of its
//! decisions: what a router answers is written here from `docs/reference/routeros-protocol.md`.
//!
//! It knows nothing of sales, tenants or payments.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod clock;
mod command;
#[cfg(feature = "control")]
pub mod control;
mod counters;
mod declare;
mod error;
mod factory;
mod fault;
mod hotspot;
mod item;
mod kind;
mod menus;
mod policy;
mod refusal;
mod replies;
mod request;
mod router;
mod row;
mod rules;
mod schema;
mod server;
mod session;
mod settings;
mod shared;
mod simulator;
mod sync;
mod table;
mod transcript;
mod value;
mod version;
mod view;

pub use builder::Builder;
pub use clock::Clock;
pub use counters::Counters;
pub use declare::{Answer, Call, MenuSpec, PropertySpec};
pub use error::{Refused, StartError};
pub use fault::armed::{FaultId, FaultState};
pub use fault::{Direction, Fault, FaultKind, Point};
pub use policy::Policies;
pub use row::SimRow;
pub use server::port::Unplugged;
pub use server::tls::TlsMode;
pub use settings::{Denial, Settings};
pub use simulator::Simulator;
pub use version::{UnknownVersion, Version};
