//! The server's programs on this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::postgres::account::Account;

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

#[cfg(test)]
mod tests {
    use super::{Binaries, by_version};

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
