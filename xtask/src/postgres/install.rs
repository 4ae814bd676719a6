//! Installing the distribution's Postgres, where that is ours to do.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::console;
use crate::process::child;
use crate::session::Session;

const OS_RELEASE: &str = "/etc/os-release";
const SETTINGS_FOLDER: &str = "/etc/postgresql-common";
const SETTINGS: &str = "/etc/postgresql-common/createcluster.conf";

/// What to tell people on whose machine we install nothing.
pub(crate) const ADVICE: &str = "no Postgres found: install the server (Debian, Ubuntu: `apt-get install \
     postgresql`; Fedora: `dnf install postgresql-server`; macOS: `brew install postgresql`) \
     or set DATABASE_URL";

/// Whether we may install: root, on a Debian or one of its children.
pub(crate) fn possible() -> bool {
    let release = std::fs::read_to_string(OS_RELEASE).unwrap_or_default();
    rustix::process::geteuid().is_root() && is_debian(&release)
}

/// Installs the server's package, announced, and without the machine-wide cluster that it would start.
pub(crate) fn install(session: &Session) -> anyhow::Result<()> {
    console::line(
        "No Postgres on this machine: installing the distribution's package `postgresql`.",
    );
    apt(session, &["update"])?;
    // The common package first: its setting decides whether the next one starts a cluster.
    apt(
        session,
        &[
            "install",
            "--yes",
            "--no-install-recommends",
            "postgresql-common",
        ],
    )?;
    let settings = std::fs::read_to_string(SETTINGS).unwrap_or_default();
    std::fs::create_dir_all(Path::new(SETTINGS_FOLDER))
        .and_then(|()| std::fs::write(SETTINGS, without_main_cluster(&settings)))
        .with_context(|| format!("cannot write {SETTINGS}"))?;
    apt(
        session,
        &["install", "--yes", "--no-install-recommends", "postgresql"],
    )
}

fn apt(session: &Session, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(["-o", "Dpkg::Options::=--force-confold"])
        .args(arguments);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("NEEDRESTART_MODE", "l");
    let status = child::run(
        "apt-get",
        &mut command,
        &session.janitor,
        &session.interrupt,
    )?;
    if status.success() {
        Ok(())
    } else {
        bail!(
            "`apt-get {}` failed ({status}); {ADVICE}",
            arguments.join(" ")
        )
    }
}

fn is_debian(release: &str) -> bool {
    release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .any(|id| matches!(id, "debian" | "ubuntu"))
}

/// The settings with the main cluster switched off, everything else as it was.
fn without_main_cluster(settings: &str) -> String {
    let others = settings.lines().filter(|line| {
        let line = line.trim_start_matches(['#', ' ']);
        !line
            .strip_prefix("create_main_cluster")
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    });
    others
        .chain(["create_main_cluster = false", ""])
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::{is_debian, without_main_cluster};

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(is_debian("NAME=x\nID=debian\n"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian(
            "ID=fedora\nID_LIKE=\"rhel centos\"\nNAME=\"not debian\"\n"
        ));
    }

    #[test]
    fn the_main_cluster_is_switched_off_and_the_rest_kept() {
        let settings = "# comment\n#create_main_cluster = true\nssl = on\ncreate_main_cluster=true";
        assert_eq!(
            without_main_cluster(settings),
            "# comment\nssl = on\ncreate_main_cluster = false\n"
        );
    }
}
