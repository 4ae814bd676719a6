//! In-memory fakes that keep state, for tests and simulations.
//!
//! All of them are deterministic: they ask no clock, draw no entropy and start no thread. None
//! needs a runtime, so that a simulator can run them under a scheduler of its own.

mod channel;
pub mod fault;
pub mod gateway;
pub mod hotspot;
mod memory;
mod router_admin;

mod security;
mod system;

pub use channel::RecordingChannel;
pub use gateway::FakeGateway;
pub use hotspot::FakeHotspot;
pub use memory::{MemoryStore, StoreHook, StoreHookFuture};
pub use router_admin::FakeRouterAdmin;

pub use security::{PlainDigests, PlainPasswords, PlainSecretBox, PlainTokens};
pub use system::{ManualClock, QueuedSpawner, SeededRandom};
