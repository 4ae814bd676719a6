//! Argon2id on a few threads of its own, each with memory that it keeps.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use argon2::Params;
use async_trait::async_trait;
use domain::secret::Secret;
use ports::security::{HashingUnavailable, PasswordHash, PasswordHasher, PasswordVerdict};
use ports::system::{SecureRandom, random_bytes};
use tokio::sync::{Semaphore, oneshot};

use crate::password::cost::{InvalidCost, PasswordCost};
use crate::password::work::{self, Memory, SALT_LENGTH};

/// How much hashing goes on at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingLimits {
    /// Hashes computed at once, each with its own memory and thread; at least 1.
    pub at_once: usize,
    /// Callers that may wait for their turn; more are turned away.
    pub waiting: usize,
}

impl Default for HashingLimits {
    /// Two at once, 256 waiting: a few seconds of work ahead of anybody at worst. Waiting costs
    /// little, being turned away with the right password is worse.
    fn default() -> Self {
        Self {
            at_once: 2,
            waiting: 256,
        }
    }
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// A [`PasswordHasher`] that makes argon2id hashes, and reads those and bcrypt's.
pub struct Argon2idHasher {
    params: Params,
    random: Arc<dyn SecureRandom>,
    /// Callers computing or waiting.
    admitted: Arc<Semaphore>,
    /// To the hashing threads, which end with it.
    jobs: mpsc::Sender<Job>,
}

impl Argon2idHasher {
    /// A hasher whose new hashes cost this much. Starts its threads.
    ///
    /// # Errors
    /// [`InvalidCost`] for a cost outside of the limits.
    pub fn new(
        cost: PasswordCost,
        limits: HashingLimits,
        random: Arc<dyn SecureRandom>,
    ) -> Result<Self, InvalidCost> {
        let at_once = limits.at_once.clamp(1, MAX_THREADS);
        let waiting = limits.waiting.min(Semaphore::MAX_PERMITS / 2);
        let params = cost.to_params()?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..at_once {
            let queue = Arc::clone(&queue);
            // Without any thread the queue is closed, and every caller is told so.
            let _started = thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || run_jobs(&queue));
        }
        Ok(Self {
            params,
            random,
            admitted: Arc::new(Semaphore::new(at_once.saturating_add(waiting))),
            jobs,
        })
    }

    async fn compute<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, HashingUnavailable> {
        let admission = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_full| HashingUnavailable)?;
        let (send, receive) = oneshot::channel();
        let job = Box::new(move |memory: &mut Memory| {
            // Held to the end of the work, also when the caller has gone away.
            let result = job(memory);
            drop(admission);
            let _caller_gone = send.send(result);
        });
        self.jobs.send(job).map_err(|_closed| HashingUnavailable)?;
        receive.await.map_err(|_lost| HashingUnavailable)
    }
}

/// Most hashes at once.
const MAX_THREADS: usize = 64;

fn run_jobs(queue: &Mutex<mpsc::Receiver<Job>>) {
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else {
            return;
        };
        // A job that panics loses its own caller's result, not the thread.
        let _panicked = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

impl fmt::Debug for Argon2idHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2idHasher")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl PasswordHasher for Argon2idHasher {
    async fn hash(&self, password: Secret) -> Result<PasswordHash, HashingUnavailable> {
        let params = self.params.clone();
        let salt = random_bytes::<SALT_LENGTH>(&*self.random);
        self.compute(move |memory| work::hash(memory, &params, &password, salt))
            .await?
            .ok_or(HashingUnavailable)
    }

    async fn verify(
        &self,
        password: Secret,
        stored: Option<PasswordHash>,
    ) -> Result<PasswordVerdict, HashingUnavailable> {
        let params = self.params.clone();
        self.compute(move |memory| match stored {
            Some(stored) => work::verify(memory, &params, &password, &stored),
            None => work::pretend(memory, &params, &password),
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use fakes::SeededRandom;

    use super::*;

    fn hasher(limits: HashingLimits) -> Arc<Argon2idHasher> {
        let cost = PasswordCost {
            memory_kib: 32,
            passes: 1,
            lanes: 1,
        };
        let random = Arc::new(SeededRandom::new(1));
        Arc::new(Argon2idHasher::new(cost, limits, random).unwrap())
    }

    #[tokio::test]
    async fn hashes_verify_and_have_salts_of_their_own() {
        let hasher = hasher(HashingLimits::default());
        let one = hasher.hash(Secret::new("correcta")).await.unwrap();
        let two = hasher.hash(Secret::new("correcta")).await.unwrap();
        assert_ne!(one, two);
        for hash in [one, two] {
            let verdict = hasher.verify(Secret::new("correcta"), Some(hash)).await;
            assert_eq!(verdict.unwrap(), PasswordVerdict::Match);
        }
    }

    #[tokio::test]
    async fn an_unknown_account_is_a_mismatch_whatever_the_password() {
        let hasher = hasher(HashingLimits::default());
        for password in ["", "correcta"] {
            let verdict = hasher.verify(Secret::new(password), None).await;
            assert_eq!(verdict.unwrap(), PasswordVerdict::Mismatch);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_flood_is_hashed_on_few_threads_in_the_same_memory() {
        let hasher = hasher(HashingLimits {
            at_once: 2,
            waiting: 64,
        });
        let flood = (0..50).map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move {
                let verdict = hasher.verify(Secret::new("wrong"), None).await;
                assert_eq!(verdict.unwrap(), PasswordVerdict::Mismatch);
                let job = |memory: &mut Memory| (thread::current().id(), memory.len());
                hasher.compute(job).await.unwrap()
            })
        });
        let mut threads = std::collections::HashSet::new();
        for caller in flood.collect::<Vec<_>>() {
            let (thread, blocks) = caller.await.unwrap();
            threads.insert(thread);
            assert!(blocks <= 32, "{blocks} blocks");
        }
        assert!(threads.len() <= 2, "{} threads", threads.len());
    }

    #[tokio::test]
    async fn a_panic_costs_no_thread() {
        let hasher = hasher(HashingLimits {
            at_once: 1,
            waiting: 1,
        });
        let lost = hasher.compute(|_memory| panic!("in a job")).await;
        assert!(matches!(lost, Err::<(), _>(HashingUnavailable)));
        assert!(hasher.hash(Secret::new("x")).await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn more_callers_than_may_wait_are_turned_away() {
        let hasher = hasher(HashingLimits {
            at_once: 1,
            waiting: 0,
        });
        let (started, has_started) = oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let busy = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move {
                hasher
                    .compute(move |_memory| {
                        let _sent = started.send(());
                        released.recv()
                    })
                    .await
            }
        });
        has_started.await.unwrap();
        let refused = hasher.hash(Secret::new("x")).await;
        assert!(matches!(refused, Err(HashingUnavailable)));
        release.send(()).unwrap();
        assert!(matches!(busy.await.unwrap(), Ok(Ok(()))));
        assert!(hasher.hash(Secret::new("x")).await.is_ok());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_caller_who_goes_away_does_not_make_room_for_more_work() {
        let hasher = hasher(HashingLimits {
            at_once: 1,
            waiting: 0,
        });
        let (started, has_started) = oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let busy = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move {
                hasher
                    .compute(move |_memory| {
                        let _sent = started.send(());
                        released.recv()
                    })
                    .await
            }
        });
        has_started.await.unwrap();
        busy.abort();
        assert!(busy.await.unwrap_err().is_cancelled());
        let refused = hasher.verify(Secret::new("x"), None).await;
        assert!(matches!(refused, Err(HashingUnavailable)));
        release.send(()).unwrap();
    }
}
