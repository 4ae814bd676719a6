//! What the demo starts: a database, the simulators and the server, as child processes on 127.0.0.1.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::http::Client;
use crate::process::child::{self, Guarded};
use crate::process::janitor::{Folder, Stop};
use crate::session::Session;
use crate::{console, postgres};

/// How long a program may take to get ready; migrations run in this time.
const START: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(25);
const PACKAGES: [&str; 3] = ["api-server", "routeros-sim", "gateway-sim"];

/// Who may log in to the server from the start.
pub(crate) const OWNER_EMAIL: &str = "dueno@plataforma.test";
/// The password for that.
pub(crate) const OWNER_PASSWORD: &str = "ClaveAdminFichas123!";
/// The account that the server uses on the router.
pub(crate) const ROUTER_USER: &str = "pagos-api";
/// The password for that.
pub(crate) const ROUTER_PASSWORD: &str = "clave-del-router";

/// Which database to run on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Database<'a> {
    /// The one with this address, or one that is found or started.
    Found(Option<&'a str>),
    /// A server of its own, removed at the end.
    Private,
}

/// The running programs; all end when dropped, the server first and the database last.
pub(crate) struct Environment {
    server: Guarded,
    router: Guarded,
    gateways: Guarded,
    _folder: Folder,
    database: postgres::Database,
    _lock: Option<Lock>,
    /// Where everything listens.
    pub(crate) ports: Ports,
    /// The server's secrets.
    pub(crate) secrets: Secrets,
    /// Whether the database was there before and stays, with what earlier demos left in it.
    pub(crate) keeps_data: bool,
    /// A few letters that no other run has, where a name must not come twice.
    pub(crate) run: String,
}

impl Environment {
    /// Starts all and waits until each answers. With a file for its log the server writes there, at its most
    /// detailed level.
    pub(crate) fn start(
        session: &Session,
        ports: &Ports,
        database: Database<'_>,
        verbose: bool,
        log: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let target = session.workspace.target();
        let lock = match database {
            Database::Found(_) => Some(Lock::take(target)?),
            Database::Private => None,
        };
        let ports = ports.clone().reserve()?;
        session.console.heading("Database");
        let database = match database {
            Database::Found(url) => postgres::find(session, url)?,
            Database::Private => postgres::private(session)?,
        };
        let keeps_data = matches!(database, postgres::Database::Given(_));
        let secrets = if keeps_data {
            Secrets::kept(target)?
        } else {
            Secrets::random()?
        };
        session.console.heading("Build");
        let [server, router, gateways] = build(session)?;

        session.console.heading("Start");
        let folder = Folder::create(&std::env::temp_dir(), "wifi-demo-", &session.janitor)?;
        let mut start = Starter {
            session,
            folder: folder.path(),
            verbose,
        };
        let mut command = start.command(&router);
        command.arg("--listen").arg(local(ports.router));
        command.args(["--user", ROUTER_USER, "--password", ROUTER_PASSWORD]);
        command.arg("--control").arg(local(ports.router_control));
        let router = start.run("routeros-sim", &mut command, ports.router, listens)?;

        let mut command = start.command(&gateways);
        command.arg("--conekta").arg(local(ports.conekta));
        command.arg("--mercado-pago").arg(local(ports.mercado_pago));
        command.arg("--telegram").arg(local(ports.telegram));
        command.arg("--control").arg(local(ports.gateway_control));
        let gateways = start.run("gateway-sim", &mut command, ports.gateway_control, listens)?;

        let mut command = start.command(&server);
        command
            .arg("serve")
            .envs(configuration(&ports, &secrets, database.url()));
        if let Some(path) = log {
            let file = File::create(path).context("cannot write the server's log")?;
            let other = file.try_clone().context("cannot write the server's log")?;
            command.env("RUST_LOG", "trace").stdout(file).stderr(other);
            start.verbose = true;
        }
        let server = start.run("api-server", &mut command, ports.server, is_healthy)?;
        Ok(Self {
            server,
            router,
            gateways,
            _folder: folder,
            database,
            _lock: lock,
            ports,
            secrets,
            keeps_data,
            run: hex::encode(random_bytes()?.get(..6).unwrap_or_default()),
        })
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Fails if one of the programs has ended.
    pub(crate) fn expect_running(&mut self) -> anyhow::Result<()> {
        self.server.expect_running()?;
        self.router.expect_running()?;
        self.gateways.expect_running()
    }

    /// A step failed: if a program ended, that is the reason; else its last lines may say it.
    pub(crate) fn explain(&mut self, error: &anyhow::Error) -> anyhow::Error {
        match self.expect_running() {
            Err(ended) => ended,
            Ok(()) => anyhow::anyhow!(
                "{error:#}\nThe server's last lines:{}",
                self.server.printed()
            ),
        }
    }
}

/// Builds the server and both simulators, with cargo's own progress on the terminal.
pub(crate) fn build(session: &Session) -> anyhow::Result<[PathBuf; 3]> {
    console::line("Compiling the server and the simulators; the first time takes some minutes.");
    let mut command = session.workspace.cargo(&["build", "--bins", "--locked"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    let status = child::run(
        "cargo build",
        &mut command,
        &session.janitor,
        &session.interrupt,
    )?;
    if !status.success() {
        bail!("the programs could not be built ({status})");
    }
    let folder = session.workspace.target().join("debug");
    Ok(PACKAGES.map(|package| folder.join(package)))
}

struct Starter<'a> {
    session: &'a Session,
    folder: &'a Path,
    verbose: bool,
}

impl Starter<'_> {
    /// A command that sees nothing of our environment but what any program needs, and whose working
    /// folder holds no settings file.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder).env_clear();
        for name in [
            "PATH",
            "HOME",
            "LANG",
            "TMPDIR",
            "RUST_LOG",
            "RUST_BACKTRACE",
            "NO_COLOR",
        ] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn run(
        &self,
        name: &str,
        command: &mut Command,
        port: u16,
        answers: fn(u16) -> bool,
    ) -> anyhow::Result<Guarded> {
        let begin = Instant::now();
        let janitor = &self.session.janitor;
        let mut process = if self.verbose {
            Guarded::loud(name, command, janitor)?
        } else {
            Guarded::quiet(name, command, janitor, Stop::Gently, "")?
        };
        while !answers(port) {
            process.expect_running()?;
            if begin.elapsed() > START {
                bail!("{name} does not answer on port {port}{}", process.printed());
            }
            self.session.interrupt.pause(LOOK)?;
        }
        // Another program may have taken the port meanwhile; then ours has ended.
        process.expect_running()?;
        let time = begin.elapsed().as_secs_f64();
        console::line(&format!(
            "{name:<13} on 127.0.0.1:{port}, ready after {time:.1} s"
        ));
        Ok(process)
    }
}

/// The server's whole configuration.
fn configuration(
    ports: &Ports,
    secrets: &Secrets,
    database_url: &str,
) -> [(&'static str, String); 13] {
    let http = |port| format!("http://{}", local(port));
    [
        ("DATABASE_URL", database_url.to_owned()),
        ("BIND_ADDR", local(ports.server)),
        ("PUBLIC_BASE_URL", http(ports.server)),
        ("JWT_APIKEY_SECRET", secrets.api_keys.clone()),
        ("JWT_SESSION_SECRET", secrets.sessions.clone()),
        ("ENCRYPTION_KEYS", secrets.encryption.clone()),
        ("SUPER_ADMIN_INITIAL_EMAIL", OWNER_EMAIL.to_owned()),
        ("SUPER_ADMIN_INITIAL_PASSWORD", OWNER_PASSWORD.to_owned()),
        // Any page may try it, from a file or another port as well.
        ("BACKEND_CORS_ORIGINS", "*".to_owned()),
        ("CONEKTA_API_BASE", http(ports.conekta)),
        ("MERCADO_PAGO_API_BASE", http(ports.mercado_pago)),
        ("TELEGRAM_API_BASE", http(ports.telegram)),
        ("ROUTER_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128".to_owned()),
    ]
}

fn local(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}

fn is_healthy(port: u16) -> bool {
    let answer = Client::new(port).get("/health");
    answer.is_ok_and(|answer| answer.status == 200)
}

/// Ports to listen on; as an option 0 stands for any free one.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Ports {
    /// Port of the server; 0, here and below, takes any free one.
    #[arg(long = "port", value_name = "PORT", default_value_t = 8000)]
    pub(crate) server: u16,
    /// Port of the simulated router.
    #[arg(long = "router-port", value_name = "PORT", default_value_t = 8728)]
    pub(crate) router: u16,
    /// Port of the simulated router's control page.
    #[arg(
        long = "router-control-port",
        value_name = "PORT",
        default_value_t = 8701
    )]
    pub(crate) router_control: u16,
    /// Port of the Conekta sandbox.
    #[arg(long = "conekta-port", value_name = "PORT", default_value_t = 8702)]
    pub(crate) conekta: u16,
    /// Port of the Mercado Pago sandbox.
    #[arg(
        long = "mercado-pago-port",
        value_name = "PORT",
        default_value_t = 8703
    )]
    pub(crate) mercado_pago: u16,
    /// Port of the Telegram sandbox.
    #[arg(long = "telegram-port", value_name = "PORT", default_value_t = 8705)]
    pub(crate) telegram: u16,
    /// Port of the sandboxes' control page.
    #[arg(
        long = "gateway-control-port",
        value_name = "PORT",
        default_value_t = 8704
    )]
    pub(crate) gateway_control: u16,
}

impl Ports {
    /// Makes sure that nothing listens on them, and chooses the free ones.
    fn reserve(mut self) -> anyhow::Result<Self> {
        // Held until all are known, so that no two are the same.
        let mut held = Vec::new();
        for (port, option) in [
            (&mut self.server, "port"),
            (&mut self.router, "router-port"),
            (&mut self.router_control, "router-control-port"),
            (&mut self.conekta, "conekta-port"),
            (&mut self.mercado_pago, "mercado-pago-port"),
            (&mut self.telegram, "telegram-port"),
            (&mut self.gateway_control, "gateway-control-port"),
        ] {
            let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)) else {
                bail!(
                    "port {port} is in use or not allowed: choose another one with \
                     --{option} PORT (0 takes any)"
                );
            };
            *port = listener.local_addr()?.port();
            held.push(listener);
        }
        Ok(self)
    }
}

/// Keys that sign and seal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// Signs router API keys.
    pub(crate) api_keys: String,
    /// Signs session tokens.
    pub(crate) sessions: String,
    /// Seals secrets at rest, in the form of `ENCRYPTION_KEYS`.
    pub(crate) encryption: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets(..)")
    }
}

impl Secrets {
    /// Fresh ones, for a database that is gone afterwards.
    fn random() -> anyhow::Result<Self> {
        Ok(Self {
            api_keys: STANDARD.encode(random_bytes()?),
            sessions: STANDARD.encode(random_bytes()?),
            encryption: format!("demo:{}", STANDARD.encode(random_bytes()?)),
        })
    }

    /// The same in every run, for a database that stays: what one demo sealed the next one must open.
    fn kept(target: &Path) -> anyhow::Result<Self> {
        let path = target.join("demo-secrets.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: remove it", path.display()));
        }
        let secrets = Self::random()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options
            .open(&path)
            .and_then(|mut file| file.write_all(serde_json::to_string(&secrets)?.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(secrets)
    }
}

fn random_bytes() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("no randomness")?;
    Ok(bytes)
}

/// Held while the demo runs; the operating system gives it back however we end.
#[derive(Debug)]
struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of this workspace, or says which process has it.
    fn take(target: &Path) -> anyhow::Result<Self> {
        let path = target.join("demo.lock");
        std::fs::create_dir_all(target)
            .with_context(|| format!("cannot make {}", target.display()))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let mut file = options
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = file.read_to_string(&mut owner);
                let owner = owner.trim();
                bail!("a demo is running already (process {owner}): end it there with Ctrl-C");
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::os::unix::fs::PermissionsExt;

    use super::{Lock, Ports, Secrets};

    #[test]
    fn zero_takes_free_ports_that_differ() {
        let ports = Ports::default().reserve().unwrap();
        assert!(ports.server != 0 && ports.server != ports.router);
    }

    #[test]
    fn a_busy_port_is_named_with_the_option_that_changes_it() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = busy.local_addr().unwrap().port();
        let asked = Ports {
            router: port,
            ..Ports::default()
        };
        let error = asked.reserve().unwrap_err().to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--router-port"),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }

    #[test]
    fn kept_secrets_stay_the_same_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secrets::kept(folder.path()).unwrap();
        assert!(first == Secrets::kept(folder.path()).unwrap());
        assert!(first != Secrets::random().unwrap());
        let about = folder.path().join("demo-secrets.json").metadata().unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_second_demo_names_the_first_one_until_that_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let refusal = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(
            refusal.contains(&std::process::id().to_string()),
            "{refusal}"
        );
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
