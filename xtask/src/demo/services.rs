//! The three programs of the demo, as child processes.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::console;
use crate::demo::build::Programs;
use crate::demo::http::Client;
use crate::demo::ports::Ports;
use crate::demo::secrets::Secrets;
use crate::process::child::Guarded;
use crate::process::folder::Folder;
use crate::process::signal::Stop;
use crate::session::Session;

/// How long a program may take to get ready; migrations run in this time.
const START: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(25);

/// Who may log in to the server from the start.
pub(crate) const OWNER_EMAIL: &str = "dueno@plataforma.test";
/// The password for that.
pub(crate) const OWNER_PASSWORD: &str = "ClaveAdminFichas123!";
/// The account that the server uses on the router.
pub(crate) const ROUTER_USER: &str = "pagos-api";
/// The password for that.
pub(crate) const ROUTER_PASSWORD: &str = "clave-del-router";

/// The running programs; all end when dropped, the server first.
#[derive(Debug)]
pub(crate) struct Services {
    server: Guarded,
    router: Guarded,
    gateways: Guarded,
    _folder: Folder,
}

impl Services {
    /// Starts all and waits until each answers. With a file for its log the server writes there all
    /// that it can tell.
    pub(crate) fn start(
        session: &Session,
        programs: &Programs,
        ports: &Ports,
        secrets: &Secrets,
        database_url: &str,
        verbose: bool,
        log: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let folder = Folder::create(&std::env::temp_dir(), "wifi-demo-", &session.janitor)?;
        let mut start = Starter {
            session,
            folder: folder.path(),
            verbose,
        };

        let mut command = start.command(&programs.router);
        command.arg("--listen").arg(local(ports.router));
        command.args(["--user", ROUTER_USER, "--password", ROUTER_PASSWORD]);
        command.arg("--control").arg(local(ports.router_control));
        let router = start.run("routeros-sim", &mut command, ports.router, listens)?;

        let mut command = start.command(&programs.gateways);
        command.arg("--conekta").arg(local(ports.conekta));
        command.arg("--mercado-pago").arg(local(ports.mercado_pago));
        command.arg("--telegram").arg(local(ports.telegram));
        command.arg("--control").arg(local(ports.gateway_control));
        let gateways = start.run("gateway-sim", &mut command, ports.gateway_control, listens)?;

        let mut command = start.command(&programs.server);
        command
            .arg("serve")
            .envs(environment(ports, secrets, database_url));
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
        })
    }

    /// Fails if one of them has ended.
    pub(crate) fn expect_running(&mut self) -> anyhow::Result<()> {
        self.server.expect_running()?;
        self.router.expect_running()?;
        self.gateways.expect_running()
    }

    /// A step failed: if a program ended, that is the reason; else its last lines may tell it.
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
        // Somebody else may have taken the port meanwhile; then ours has ended.
        process.expect_running()?;
        let time = begin.elapsed().as_secs_f64();
        console::line(&format!(
            "{name:<13} on 127.0.0.1:{port}, ready after {time:.1} s"
        ));
        Ok(process)
    }
}

/// The server's whole configuration.
fn environment(
    ports: &Ports,
    secrets: &Secrets,
    database_url: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database_url.to_owned()),
        ("BIND_ADDR", local(ports.server)),
        ("PUBLIC_BASE_URL", format!("http://{}", local(ports.server))),
        ("JWT_APIKEY_SECRET", secrets.api_keys.clone()),
        ("JWT_SESSION_SECRET", secrets.sessions.clone()),
        ("ENCRYPTION_KEYS", secrets.encryption.clone()),
        ("SUPER_ADMIN_INITIAL_EMAIL", OWNER_EMAIL.to_owned()),
        ("SUPER_ADMIN_INITIAL_PASSWORD", OWNER_PASSWORD.to_owned()),
        (
            "BACKEND_CORS_ORIGINS",
            format!("[\"http://{}\"]", local(ports.server)),
        ),
        (
            "CONEKTA_API_BASE",
            format!("http://{}", local(ports.conekta)),
        ),
        (
            "MERCADO_PAGO_API_BASE",
            format!("http://{}", local(ports.mercado_pago)),
        ),
        (
            "TELEGRAM_API_BASE",
            format!("http://{}", local(ports.telegram)),
        ),
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
    Client::new(port)
        .get("/health")
        .is_ok_and(|answer| answer.status == 200)
}
