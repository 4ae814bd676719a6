//! Postgres' programs on this machine, and the account that may run them.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The two programs that a private server needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    /// Makes a new data folder.
    pub(crate) initdb: PathBuf,
    /// The server.
    pub(crate) postgres: PathBuf,
}

impl Binaries {
    /// Looks in `PATH`, in the distributions' folders, and where `pg_config` points.
    pub(crate) fn find(account: Account) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::find_in(
            candidates(&path, Path::new("/usr/lib/postgresql")),
            |binaries| binaries.work_for(account),
        )
    }

    /// The version, as the server itself names it.
    pub(crate) fn version(&self) -> String {
        Command::new(&self.postgres)
            .arg("--version")
            .output()
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default()
    }

    fn find_in(
        folders: impl Iterator<Item = PathBuf>,
        usable: impl Fn(&Self) -> bool,
    ) -> Option<Self> {
        folders
            .map(|folder| Self {
                initdb: folder.join("initdb"),
                postgres: folder.join("postgres"),
            })
            .find(|found| found.initdb.is_file() && found.postgres.is_file() && usable(found))
    }

    /// A program in root's own folders cannot be started by the account that is to run it.
    fn work_for(&self, account: Account) -> bool {
        [&self.initdb, &self.postgres].into_iter().all(|program| {
            let mut command = Command::new(program);
            command.arg("--version").current_dir("/");
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .stdin(Stdio::null());
            account.apply(&mut command);
            command.status().is_ok_and(|status| status.success())
        })
    }
}

fn candidates(path: &OsStr, distribution: &Path) -> impl Iterator<Item = PathBuf> {
    let on_path: Vec<_> = std::env::split_paths(path).collect();
    let versions = by_version(distribution);
    let configured = std::iter::once_with(pg_config).flatten();
    on_path.into_iter().chain(versions).chain(configured)
}

/// The newest version first.
fn by_version(distribution: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(distribution)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (!text.trim().is_empty()).then(|| PathBuf::from(text.trim()))
}

/// Accounts that root may lend, the usual one first.
const CANDIDATES: &[&str] = &["postgres", "nobody"];

/// Who runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// We ourselves.
    Own,
    /// An account without privileges, because we are root.
    Other {
        /// User number.
        user: u32,
        /// Group number.
        group: u32,
    },
}

impl Account {
    /// Chooses the account.
    pub(crate) fn choose() -> anyhow::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Own);
        }
        for name in CANDIDATES {
            if let (Some(user), Some(group)) = (number("-u", name), number("-g", name))
                && user != 0
            {
                return Ok(Self::Other { user, group });
            }
        }
        bail!(
            "Postgres does not run as root, and there is no user `postgres` or `nobody` to lend it"
        )
    }

    /// Makes a command run as this account, without root's other groups.
    pub(crate) fn apply(self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
    }

    /// Gives a folder to this account.
    pub(crate) fn own(self, folder: &Path) -> anyhow::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { user, group } => {
                std::os::unix::fs::chown(folder, Some(user), Some(group))
                    .with_context(|| format!("cannot give {} to user {user}", folder.display()))
            }
        }
    }
}

fn number(kind: &str, name: &str) -> Option<u32> {
    let output = Command::new("id")
        .args([kind, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_complete_version_is_chosen() {
        let folder = tempfile::tempdir().unwrap();
        for (version, programs) in [
            ("9", vec!["initdb", "postgres"]),
            ("15", vec!["initdb", "postgres"]),
            ("17", vec!["psql"]),
            ("notes", vec!["initdb", "postgres"]),
        ] {
            let bin = folder.path().join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            for program in programs {
                std::fs::write(bin.join(program), "").unwrap();
            }
        }
        let found = Binaries::find_in(by_version(folder.path()).into_iter(), |_| true).unwrap();
        assert_eq!(found.postgres, folder.path().join("15/bin/postgres"));
    }

    #[test]
    fn programs_that_cannot_be_started_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for program in ["initdb", "postgres"] {
            std::fs::write(folder.path().join(program), "").unwrap();
        }
        let only = std::iter::once(folder.path().to_owned());
        assert_eq!(Binaries::find_in(only, |_| false), None);
    }
}
