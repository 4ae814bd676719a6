//! One process of the real server.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::log::Log;
use crate::harness::wait::until;

/// A variable of its environment.
pub(crate) type Variable = (&'static str, String);

/// A running (or ended) server. Killed when dropped; its last lines are shown when a test fails.
pub(crate) struct Server {
    child: Mutex<Child>,
    readers: Vec<JoinHandle<()>>,
    pub(crate) log: Log,
    /// Its address; empty while it does not listen.
    pub(crate) base: String,
}

impl Server {
    /// Starts the program with these arguments, and nothing of our environment.
    pub(crate) fn run(arguments: &[&str], environment: &[Variable]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_api-server"))
            .args(arguments)
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::default();
        let readers = vec![
            log.follow(child.stdout.take().unwrap()),
            log.follow(child.stderr.take().unwrap()),
        ];
        Self {
            child: Mutex::new(child),
            readers,
            log,
            base: String::new(),
        }
    }

    /// Starts to serve; back when it listens, or has ended before.
    pub(crate) async fn serve(environment: &[Variable]) -> Self {
        let mut server = Self::run(&["serve"], environment);
        until("the server to listen", async || {
            server.listens().then_some(())
        })
        .await;
        server
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listens(&mut self) -> bool {
        if let Some(base) = self.log.after("listening on ") {
            self.base = base;
            return true;
        }
        self.has_ended().is_some()
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child().id()
    }

    /// How it ended, if it has.
    pub(crate) fn has_ended(&self) -> Option<ExitStatus> {
        self.child().try_wait().unwrap()
    }

    /// Waits for its end, and for its last line.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let status = until("the server to end", async || self.has_ended()).await;
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        status
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child().id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// `kill -9`, and gone when this returns.
    pub(crate) fn kill(&self) {
        // Gone already is as good.
        let mut child = self.child();
        child.kill().ok();
        child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            show(&self.log.tail());
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the test harness captures it and shows it with the failure"
)]
fn show(tail: &str) {
    eprintln!("--- the server's last lines\n{tail}\n---");
}
