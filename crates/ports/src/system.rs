//! Time, randomness and tasks.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use domain::time::Timestamp;

/// A future that owns all it needs, so that it outlives the request that started it.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment. MUST be UTC; need not be monotonic.
    fn now(&self) -> Timestamp;

    /// Returns after `span`. MUST be cancel-safe.
    async fn sleep(&self, span: Duration);
}

/// A cryptographically secure source of random bytes.
pub trait SecureRandom: Send + Sync {
    /// Fills the whole buffer. MUST NOT fail softly: an adapter that has no entropy aborts.
    fn fill(&self, bytes: &mut [u8]);

    /// Fills the buffer that a hotspot user's name or password is drawn from. Apart from
    /// [`fill`](Self::fill) only so that a simulation can make names collide.
    fn fill_credentials(&self, bytes: &mut [u8]) {
        self.fill(bytes);
    }
}

/// Runs tasks that nobody's disconnecting cancels.
pub trait TaskSpawner: Send + Sync {
    /// Starts the task on the main runtime. Shutdown MUST wait for it, within bounds.
    fn spawn(&self, task: Task);
}

/// Random bytes as an array.
#[must_use]
pub fn random_bytes<const N: usize>(random: &dyn SecureRandom) -> [u8; N] {
    let mut bytes = [0_u8; N];
    random.fill(&mut bytes);
    bytes
}
