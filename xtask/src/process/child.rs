//! One child process, stopped when its guard is dropped.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process::interrupt::Interrupt;
use crate::process::janitor::Janitor;
use crate::process::signal::{self, Stop};
use crate::process::tail::Tail;

/// Between two looks at a child.
const LOOK: Duration = Duration::from_millis(20);
/// How long a child may take to end when asked to.
const GRACE: Duration = Duration::from_secs(15);

/// A running child and the whole process group that it leads.
#[derive(Debug)]
pub(crate) struct Guarded {
    name: String,
    child: Child,
    janitor: Janitor,
    stop: Stop,
    ended: Option<ExitStatus>,
    tail: Tail,
}

impl Guarded {
    /// Starts a child that prints where we print.
    pub(crate) fn loud(
        name: &str,
        command: &mut Command,
        janitor: &Janitor,
    ) -> anyhow::Result<Self> {
        Self::spawn(name, command, janitor, Stop::Gently, Tail::default())
    }

    /// Starts a child whose output is kept for the error message; `awaited` is part of the line that says
    /// that it is ready.
    pub(crate) fn quiet(
        name: &str,
        command: &mut Command,
        janitor: &Janitor,
        stop: Stop,
        awaited: &str,
    ) -> anyhow::Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut guarded = Self::spawn(name, command, janitor, stop, Tail::awaiting(awaited))?;
        if let Some(stream) = guarded.child.stdout.take() {
            guarded.tail.read(stream);
        }
        if let Some(stream) = guarded.child.stderr.take() {
            guarded.tail.read(stream);
        }
        Ok(guarded)
    }

    fn spawn(
        name: &str,
        command: &mut Command,
        janitor: &Janitor,
        stop: Stop,
        tail: Tail,
    ) -> anyhow::Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        janitor.watch_group(child.id(), stop);
        let janitor = janitor.clone();
        Ok(Self {
            name: name.to_owned(),
            child,
            janitor,
            stop,
            ended: None,
            tail,
        })
    }

    /// How the child ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self
                .child
                .try_wait()
                .with_context(|| format!("lost {}", self.name))?;
            if self.ended.is_some() {
                self.janitor.forget_group(self.child.id());
            }
        }
        Ok(self.ended)
    }

    /// Fails, with the last lines it printed, if the child has ended.
    pub(crate) fn expect_running(&mut self) -> anyhow::Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => bail!(
                "{} ended by itself ({status}){}",
                self.name,
                self.tail.text()
            ),
        }
    }

    /// Whether the awaited line was printed.
    pub(crate) fn ready(&self) -> bool {
        self.tail.seen()
    }

    /// The last lines it printed.
    pub(crate) fn printed(&self) -> String {
        self.tail.text()
    }

    /// Waits for the end; a signal to us stops the child and ends the wait with an error.
    pub(crate) fn wait(mut self, interrupt: &Interrupt) -> anyhow::Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            interrupt.pause(LOOK)?;
        }
    }

    fn end(&mut self) {
        signal::group(self.child.id(), self.stop);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            match self.ended() {
                Ok(None) => std::thread::sleep(LOOK),
                _ => return,
            }
        }
        signal::group(self.child.id(), Stop::Kill);
        let _ = self.child.wait();
        self.janitor.forget_group(self.child.id());
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if matches!(self.ended(), Ok(None)) {
            self.end();
        }
    }
}

/// Runs a child to its end, printing where we print.
pub(crate) fn run(
    name: &str,
    command: &mut Command,
    janitor: &Janitor,
    interrupt: &Interrupt,
) -> anyhow::Result<ExitStatus> {
    Guarded::loud(name, command, janitor)?.wait(interrupt)
}
