//! The real server, as a process: killed, paused, doubled and misconfigured, in front of a
//! simulated router and the gateways' sandboxes. How these proofs work: docs/proofs.md.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod harness;

mod books;
mod configuration;
#[cfg(feature = "failpoints")]
mod crash_points;
mod duplicates;
mod efficiency;
mod kills;
mod replicas;
mod rotation;
mod routers;
mod secrets;
mod shutdown;
