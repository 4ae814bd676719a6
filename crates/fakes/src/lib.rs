//! In-memory fakes that keep state, for tests and simulations.
//!
//! All of them are deterministic: they ask no clock, draw no entropy and start no thread. None
//! needs a runtime, so that a simulator can run them under a scheduler of its own.

mod clock;
mod digests;
mod memory;
mod notifier;
mod passwords;
mod random;
mod secret_box;
mod spawner;
mod tokens;

pub use clock::ManualClock;
pub use digests::PlainDigests;
pub use memory::{MemoryStore, StoreHook, StoreHookFuture};
pub use notifier::RecordingNotifier;
pub use passwords::PlainPasswords;
pub use random::SeededRandom;
pub use secret_box::PlainSecretBox;
pub use spawner::QueuedSpawner;
pub use tokens::PlainTokens;
