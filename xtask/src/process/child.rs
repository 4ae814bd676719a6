//! One child process, stopped when its guard is dropped.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process::interrupt::Interrupt;
use crate::process::janitor::{self, Janitor, Stop};
use crate::process::tail::Tail;

/// Between two looks at a child.
const LOOK: Duration = Duration::from_millis(20);
/// How long a child may take to end when asked to.
const GRACE: Duration = Duration::from_secs(15);
/// How long the last lines of an ended child are waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A running child and the whole process group that it leads.
#[derive(Debug)]
pub(crate) struct Guarded {
    name: String,
    child: Child,
    janitor: Janitor,
    stop: Stop,
    ended: Option<ExitStatus>,
    tail: Tail,
    readers: Vec<JoinHandle<()>>,
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
            guarded.readers.push(guarded.tail.read(stream));
        }
        if let Some(stream) = guarded.child.stderr.take() {
            guarded.readers.push(guarded.tail.read(stream));
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
            readers: Vec::new(),
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
            Some(status) => {
                self.read_out();
                bail!(
                    "{} ended by itself ({status}){}",
                    self.name,
                    self.tail.text()
                )
            }
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

    /// Gives the readers a moment for the last lines; a grandchild may hold a stream open for longer.
    fn read_out(&self) {
        let deadline = Instant::now() + LAST_WORDS;
        while Instant::now() < deadline && !self.readers.iter().all(JoinHandle::is_finished) {
            std::thread::sleep(LOOK);
        }
    }

    fn end(&mut self) {
        janitor::group(self.child.id(), self.stop);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            match self.ended() {
                Ok(None) => std::thread::sleep(LOOK),
                _ => return,
            }
        }
        janitor::group(self.child.id(), Stop::Kill);
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Guarded, run};
    use crate::process::interrupt::{Interrupt, Interrupted};
    use crate::process::janitor::Janitor;
    use crate::process::janitor::{Stop, group_lives};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn quiet(script: &str, awaited: &str) -> Guarded {
        let janitor = Janitor::absent();
        Guarded::quiet("child", &mut shell(script), &janitor, Stop::Gently, awaited).unwrap()
    }

    #[test]
    fn the_exit_code_comes_back() {
        let (janitor, interrupt) = (Janitor::absent(), Interrupt::default());
        let status = run("child", &mut shell("exit 3"), &janitor, &interrupt).unwrap();
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn an_interrupt_ends_the_wait_and_the_child() {
        let child =
            Guarded::loud("child", &mut shell("exec sleep 600"), &Janitor::absent()).unwrap();
        let leader = child.child.id();
        let interrupt = Interrupt::default();
        interrupt.raise();
        assert!(child.wait(&interrupt).unwrap_err().is::<Interrupted>());
        assert!(!group_lives(leader));
    }

    #[test]
    fn a_child_and_its_own_children_end_with_the_guard() {
        let mut child = quiet("sleep 600 & echo started; wait", "started");
        while !child.ready() {
            std::thread::yield_now();
        }
        let readers = std::mem::take(&mut child.readers);
        drop(child);
        // The streams close when the last process that holds them is gone.
        for reader in readers {
            reader.join().unwrap();
        }
    }

    #[test]
    fn a_child_that_ends_early_is_reported_with_its_last_words() {
        let mut child = quiet("echo first; echo cannot go on >&2; exit 4", "ready");
        let error = loop {
            if let Err(error) = child.expect_running() {
                break error.to_string();
            }
            std::thread::yield_now();
        };
        assert!(error.contains("child ended by itself"), "{error}");
        assert!(
            error.contains("cannot go on") && error.contains('4'),
            "{error}"
        );
    }
}
