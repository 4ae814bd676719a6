//! A private Postgres server in a temporary folder.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::postgres::binaries::{Account, Binaries};
use crate::process::child::Guarded;
use crate::process::janitor::{Folder, Stop};
use crate::session::Session;

/// The role and the database that are handed out.
const NAME: &str = "wifi";
/// The server's own administrator, who gets no password and so cannot come in by network.
const ADMINISTRATOR: &str = "administrator";
/// A crowded machine may take a while to start a server.
const START: Duration = Duration::from_mins(1);
/// Another program may take the port between the check that it is free and our server's start.
const TRIES: usize = 3;
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    // No socket in a shared folder, where another server's may be.
    "unix_socket_directories=",
    // The data lives no longer than we do.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    // Many tests at a time, each with a small pool.
    "max_connections=300",
    "log_destination=stderr",
    "logging_collector=off",
    "timezone=UTC",
];

/// A running server; stopped and removed on drop.
pub(crate) struct Server {
    url: String,
    // Dropped in this order: first the process, then its folder.
    _process: Guarded,
    _folder: Folder,
}

impl Server {
    /// Makes a cluster with one ordinary role that owns one database, and starts it.
    pub(crate) fn start(
        session: &Session,
        binaries: &Binaries,
        account: Account,
    ) -> anyhow::Result<Self> {
        let folder = folder_for(session, account)?;
        let cluster = Cluster {
            binaries,
            account,
            folder: folder.path(),
        };
        let password = random_password()?;
        cluster.initialise()?;
        cluster.create_role(&password)?;
        for _ in 0..TRIES {
            session.interrupt.check()?;
            let port = free_port()?;
            let Some(process) = cluster.serve(session, port)? else {
                continue;
            };
            let url = format!("postgresql://{NAME}:{password}@127.0.0.1:{port}/{NAME}");
            return Ok(Self {
                url,
                _process: process,
                _folder: folder,
            });
        }
        bail!("found no free port for Postgres in {TRIES} tries")
    }

    /// Address with role and password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

struct Cluster<'a> {
    binaries: &'a Binaries,
    account: Account,
    folder: &'a Path,
}

impl Cluster<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command as the server's account, free of the settings in our environment.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .current_dir(self.folder)
            .stdin(Stdio::null());
        for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.folder)
            .env("LC_ALL", "C")
            .env("TZ", "UTC");
        self.account.apply(&mut command);
        command
    }

    fn initialise(&self) -> anyhow::Result<()> {
        // Not every platform has C.UTF-8; plain C sorts the same.
        let mut last = None;
        for locale in ["C.UTF-8", "C"] {
            let mut command = self.command(&self.binaries.initdb);
            command.arg("--pgdata").arg(self.data());
            command.args([
                "--username",
                ADMINISTRATOR,
                "--encoding",
                "UTF8",
                "--no-sync",
            ]);
            command.args(["--auth-local", "reject", "--auth-host", "password"]);
            command.arg(format!("--locale={locale}"));
            let output = command.output().context("cannot start initdb")?;
            if output.status.success() {
                return Ok(());
            }
            last = Some(output);
        }
        bail!(
            "initdb failed: {}",
            last.map(|output| printed(&output)).unwrap_or_default()
        )
    }

    /// In single-user mode, so that no client program and no second password is needed.
    ///
    /// The role is an ordinary one: row-level security must hold for it as in production, and
    /// it may create databases, because every test gets its own.
    fn create_role(&self, password: &str) -> anyhow::Result<()> {
        let mut command = self.command(&self.binaries.postgres);
        command
            .arg("--single")
            .arg("-D")
            .arg(self.data())
            .args(["-c", "fsync=off", "postgres"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start postgres")?;
        let statements = format!(
            "CREATE ROLE {NAME} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD '{password}';\n\
             CREATE DATABASE {NAME} OWNER {NAME};\n"
        );
        if let Some(mut stdin) = child.stdin.take() {
            // If it ended early, its output says why.
            let _ = stdin.write_all(statements.as_bytes());
        }
        let output = child.wait_with_output().context("lost postgres")?;
        let text = printed(&output);
        // The single-user server goes on after an error and still ends well.
        if output.status.success() && !text.contains("ERROR") && !text.contains("FATAL") {
            return Ok(());
        }
        bail!(
            "cannot prepare the database: {}",
            text.replace(password, "***")
        )
    }

    /// Starts the server and waits until it takes connections; `None` when the port was taken meanwhile.
    fn serve(&self, session: &Session, port: u16) -> anyhow::Result<Option<Guarded>> {
        let mut command = self.command(&self.binaries.postgres);
        command.arg("-D").arg(self.data());
        command.arg("-c").arg(format!("port={port}"));
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut process = Guarded::quiet(
            "postgres",
            &mut command,
            &session.janitor,
            Stop::Quickly,
            "ready to accept connections",
        )?;
        let deadline = Instant::now() + START;
        while !process.ready() {
            if process.ended()?.is_some() && process.printed().contains("Address already in use") {
                return Ok(None);
            }
            process.expect_running()?;
            if Instant::now() > deadline {
                bail!(
                    "postgres did not get ready in {} s{}",
                    START.as_secs(),
                    process.printed()
                );
            }
            session.interrupt.pause(Duration::from_millis(10))?;
        }
        Ok(Some(process))
    }
}

/// A folder that the account can reach: not every temporary folder of root's is open to others.
fn folder_for(session: &Session, account: Account) -> anyhow::Result<Folder> {
    let mut last = None;
    for parent in [
        std::env::temp_dir(),
        PathBuf::from("/tmp"),
        PathBuf::from("/var/tmp"),
    ] {
        let folder = Folder::create(&parent, "wifi-postgres-", &session.janitor)?;
        account.own(folder.path())?;
        let mut probe = Command::new("test");
        probe
            .arg("-w")
            .arg(folder.path())
            .current_dir("/")
            .stdin(Stdio::null());
        account.apply(&mut probe);
        if probe.status().is_ok_and(|status| status.success()) {
            return Ok(folder);
        }
        last = Some(parent);
    }
    bail!(
        "no temporary folder for Postgres, last tried {}",
        last.unwrap_or_default().display()
    )
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr().context("no free port")?.port())
}

fn random_password() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).context("no randomness")?;
    Ok(hex::encode(bytes))
}

fn printed(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}
