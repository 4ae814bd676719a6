//! The state of one connection and its writing half.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, WriteHalf};
use tokio_util::sync::CancellationToken;

use crate::fault::Direction;
use crate::policy::Policies;
use crate::replies::Replies;
use crate::shared::{Power, Shared};
use crate::sync::lock;

/// A byte stream: TCP, or TLS over it.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// How long the end of a TLS stream may take.
const CLOSE_GRACE_PERIOD: Duration = Duration::from_secs(1);

/// The connection is gone; nothing more can be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gone;

/// A command that is not over.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) tag: Vec<u8>,
    pub(crate) cancel: CancellationToken,
}

/// An answer that waits for the next one.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// Goes before it, in the same packet.
    Before(Replies),
    /// Goes after it.
    After(Replies),
}

/// Who is logged in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Auth {
    /// What they may do; `None` before login.
    pub(crate) policies: Option<Policies>,
    /// The challenge handed out, in hex.
    pub(crate) challenge: Option<String>,
    pub(crate) failures: u32,
    /// Commands before login.
    pub(crate) commands: u32,
    /// Row in `/user/active`.
    pub(crate) row: Option<u64>,
}

/// A connection.
pub(crate) struct Conn {
    pub(crate) id: u64,
    pub(crate) shared: Arc<Shared>,
    pub(crate) peer: String,
    pub(crate) power: Power,
    /// Ends this connection only.
    pub(crate) kill: CancellationToken,
    pub(crate) auth: Mutex<Auth>,
    pub(crate) running: Mutex<HashMap<u64, Running>>,
    pub(crate) waiting: Mutex<Vec<Waiting>>,
    /// Held by the untagged command that is not over: the next one has to wait.
    pub(crate) untagged: Arc<tokio::sync::Mutex<()>>,
    /// Commands that came and have not begun to be answered.
    unanswered: AtomicUsize,
    /// What is sent from now on goes nowhere.
    mute: AtomicBool,
    commands: AtomicU64,
    wire: tokio::sync::Mutex<WriteHalf<Box<dyn Io>>>,
}

impl Conn {
    pub(crate) fn new(
        id: u64,
        shared: Arc<Shared>,
        power: Power,
        peer: String,
        wire: WriteHalf<Box<dyn Io>>,
    ) -> Self {
        Self {
            id,
            shared,
            peer,
            kill: power.kill.child_token(),
            power,
            auth: Mutex::default(),
            running: Mutex::default(),
            waiting: Mutex::default(),
            untagged: Arc::default(),
            unanswered: AtomicUsize::new(0),
            mute: AtomicBool::new(false),
            commands: AtomicU64::new(0),
            wire: tokio::sync::Mutex::new(wire),
        }
    }

    /// A number for a command.
    pub(crate) fn next_command(&self) -> u64 {
        self.commands.fetch_add(1, Ordering::Relaxed)
    }

    /// A command came that is not answered yet.
    pub(crate) fn asked(&self) {
        self.unanswered.fetch_add(1, Ordering::AcqRel);
    }

    /// A command begins to be answered. Told before the answer leaves: whoever has it may send
    /// the next command at once, and that one did wait.
    pub(crate) fn answered(&self) {
        self.unanswered.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether no command waits for its answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.unanswered.load(Ordering::Acquire) == 0
    }

    /// Sends bytes, as one write as far as no cut falls into them.
    pub(crate) async fn send(&self, bytes: &[u8]) -> Result<(), Gone> {
        if self.mute.load(Ordering::Acquire) {
            return Err(Gone);
        }
        let mut wire = self.wire.lock().await;
        let faults = &self.shared.faults;
        let room = faults.room(self.id, Direction::ToClient, bytes.len());
        let (passing, _) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        let write = async {
            wire.write_all(passing).await.map_err(|_broken| Gone)?;
            wire.flush().await.map_err(|_broken| Gone)
        };
        tokio::select! {
            biased;
            () = self.kill.cancelled() => return Err(Gone),
            () = self.power.freeze.cancelled() => {
                self.kill.cancelled().await;
                return Err(Gone);
            }
            written = write => written?,
        }
        if faults.count(self.id, Direction::ToClient, passing.len()) {
            self.shared.transcript.event(self.id, "cut while answering");
            drop(wire);
            self.close().await;
            return Err(Gone);
        }
        Ok(())
    }

    /// Sends nothing from now on.
    pub(crate) fn fall_mute(&self) {
        self.mute.store(true, Ordering::Release);
    }

    /// Closes: what was sent arrives, then the stream ends.
    pub(crate) async fn close(&self) {
        self.fall_mute();
        // Someone who is still writing may do so for ever, to a peer that does not read.
        if let Ok(mut wire) = self.wire.try_lock() {
            tokio::select! {
                biased;
                () = self.kill.cancelled() => {}
                _ = tokio::time::timeout(CLOSE_GRACE_PERIOD, wire.shutdown()) => {}
            }
        }
        self.kill.cancel();
    }

    /// Whether someone is logged in.
    pub(crate) fn policies(&self) -> Option<Policies> {
        lock(&self.auth).policies
    }
}
