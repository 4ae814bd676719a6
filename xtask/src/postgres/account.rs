//! Postgres refuses to run as root, so root lends it another account.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Accounts that root may lend, the usual one first.
const CANDIDATES: &[&str] = &["postgres", "nobody"];

/// Who runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// We ourselves.
    Own,
    /// Somebody without privileges, because we are root.
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
