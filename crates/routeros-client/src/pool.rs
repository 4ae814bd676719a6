//! Connections to many routers, shared: one dead router costs its own callers a fast clear error
//! and nobody else anything.

mod backoff;
mod breaker;
mod checkout;
mod config;
mod entry;
mod error;
mod lease;
mod reaper;
mod registry;

pub use breaker::BreakerState;
pub use config::{Jitter, PoolConfig};
pub use error::PoolError;
pub use lease::Lease;
pub use registry::{BreakerCounts, Pool};
