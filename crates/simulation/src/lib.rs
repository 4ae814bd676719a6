//! Deterministic simulation of sales under every fault.
//!
//! The application runs unchanged on ports of a small world: a database, two gateways with a
//! ledger, routers with their users, customers, operators, forgers. One thread polls everything
//! in an order drawn from a seed, on a clock that jumps from event to event; at every await a
//! replica may crash or stand still, and every request may be lost, carried out late, or
//! answered too late. What must hold is checked at each step and once more at rest.
//!
//! A seed replays exactly. This crate knows no socket, no thread and no time of day.

mod actors;
mod cluster;
mod driver;
mod engine;
mod faults;
mod invariants;
mod planted;
mod report;
mod run;
mod scenario;
mod shop;
mod world;

pub use planted::PlantedBug;
pub use run::{Options, Outcome, run};
