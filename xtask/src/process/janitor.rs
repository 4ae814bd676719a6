//! A second process that cleans up when this one is killed.
//!
//! It reads from a pipe which groups and folders are in use. The pipe closes when we end, however that comes
//! about; what was not taken back by then is stopped and removed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, Signal};
use tempfile::TempDir;

/// How long a killed command's children may take to end before they are killed too.
const GRACE: Duration = Duration::from_secs(5);

/// Our end of the pipe.
#[derive(Debug, Clone)]
pub(crate) struct Janitor {
    process: Arc<Process>,
}

#[derive(Debug)]
struct Process {
    child: Mutex<Option<Child>>,
    pipe: Mutex<Option<ChildStdin>>,
}

impl Janitor {
    /// Starts the second process.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut child = Command::new(program)
            .arg("janitor")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()
            .context("cannot start the janitor")?;
        let pipe = Mutex::new(child.stdin.take());
        let child = Mutex::new(Some(child));
        Ok(Self {
            process: Arc::new(Process { child, pipe }),
        })
    }

    /// None, for tests of what is watched.
    #[cfg(test)]
    pub(crate) fn absent() -> Self {
        Self {
            process: Arc::new(Process {
                child: Mutex::new(None),
                pipe: Mutex::new(None),
            }),
        }
    }

    /// A process group to stop, and how.
    pub(crate) fn watch_group(&self, leader: u32, stop: Stop) {
        let how = if stop == Stop::Quickly {
            "quick"
        } else {
            "group"
        };
        self.tell(&format!("+{how} {leader}"));
    }

    /// The group has ended.
    pub(crate) fn forget_group(&self, leader: u32) {
        self.tell(&format!("-group {leader}"));
    }

    /// A folder to remove.
    pub(crate) fn watch_folder(&self, path: &Path) {
        self.tell(&format!("+folder {}", path.display()));
    }

    /// The folder is gone.
    pub(crate) fn forget_folder(&self, path: &Path) {
        self.tell(&format!("-folder {}", path.display()));
    }

    fn tell(&self, line: &str) {
        let mut pipe = self
            .process
            .pipe
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(pipe) = pipe.as_mut() {
            // Without a janitor the guards still clean up; only a kill would leave something.
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(
            self.pipe
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = child {
            let _ = child.wait();
        }
    }
}

/// The second process itself.
pub(crate) fn serve() -> ExitCode {
    let mut left = Left::default();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        left.note(&line);
    }
    left.clean();
    ExitCode::SUCCESS
}

/// What is in use.
#[derive(Debug, Default, PartialEq, Eq)]
struct Left {
    groups: BTreeMap<u32, Stop>,
    folders: BTreeSet<PathBuf>,
}

impl Left {
    fn note(&mut self, line: &str) {
        let number = |prefix| line.strip_prefix(prefix).and_then(|text| text.parse().ok());
        if let Some(leader) = number("+group ") {
            self.groups.insert(leader, Stop::Gently);
        } else if let Some(leader) = number("+quick ") {
            self.groups.insert(leader, Stop::Quickly);
        } else if let Some(leader) = number("-group ") {
            self.groups.remove(&leader);
        } else if let Some(path) = line.strip_prefix("+folder ") {
            self.folders.insert(PathBuf::from(path));
        } else if let Some(path) = line.strip_prefix("-folder ") {
            self.folders.remove(Path::new(path));
        }
    }

    fn clean(&self) {
        for (leader, stop) in &self.groups {
            group(*leader, *stop);
        }
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline && self.groups.keys().any(|leader| group_lives(*leader)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        for leader in self.groups.keys() {
            group(*leader, Stop::Kill);
        }
        for folder in &self.folders {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// How a group is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish what is in hand, then end.
    Gently,
    /// What Postgres calls immediate: end now, keep nothing, but leave no shared memory behind.
    Quickly,
    /// No choice is given.
    Kill,
}

/// Signals every process of a group; a group that is gone already is no error.
pub(crate) fn group(leader: u32, stop: Stop) {
    let Some(pid) = pid(leader) else { return };
    let signal = match stop {
        Stop::Gently => Signal::TERM,
        Stop::Quickly => Signal::QUIT,
        Stop::Kill => Signal::KILL,
    };
    let _ = rustix::process::kill_process_group(pid, signal);
}

/// Whether any process of a group is left.
pub(crate) fn group_lives(leader: u32) -> bool {
    pid(leader).is_some_and(|pid| rustix::process::test_kill_process_group(pid).is_ok())
}

fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// The folder, removed on drop.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: Option<TempDir>,
    janitor: Janitor,
}

impl Folder {
    /// Makes a folder that only we can enter, below `parent`.
    pub(crate) fn create(parent: &Path, prefix: &str, janitor: &Janitor) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(parent)
            .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
        janitor.watch_folder(folder.path());
        Ok(Self {
            folder: Some(folder),
            janitor: janitor.clone(),
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder
            .as_ref()
            .map_or(Path::new("/nonexistent"), TempDir::path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take() {
            let path = folder.path().to_owned();
            if folder.close().is_ok() {
                self.janitor.forget_folder(&path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::janitor::Stop;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::process::Stdio;

    #[test]
    fn what_was_taken_back_is_not_touched() {
        let mut left = Left::default();
        for line in [
            "+group 7",
            "+folder /tmp/a b",
            "+quick 8",
            "-group 7",
            "-folder /tmp/a b",
            "?",
        ] {
            left.note(line);
        }
        assert_eq!(
            left.groups.into_iter().collect::<Vec<_>>(),
            [(8, Stop::Quickly)]
        );
        assert!(left.folders.is_empty());
    }

    #[test]
    fn what_is_left_is_stopped_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("file"), "x").unwrap();
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut left = Left::default();
        left.note(&format!("+group {}", child.id()));
        left.note(&format!("+folder {}", inner.display()));

        // The child is reaped beside, as init does for a process whose parent is gone.
        let reaper = std::thread::spawn(move || child.wait().unwrap());
        left.clean();

        assert!(!reaper.join().unwrap().success());
        assert!(!inner.exists());
    }
}
