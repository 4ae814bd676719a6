//! A Postgres of the test's own that takes users over TLS only: every mode of `sslmode`, as libpq
//! means it.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use ports::store::Store;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use storage_postgres::{
    Authorities, DatabaseUrl, PgStore, PoolSettings, migrate, pending_migrations,
};
use tempfile::TempDir;

use crate::support;

const PASSWORD: &str = "hunter2";

/// Where the programs are that make and run a server.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let distribution = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let versions = distribution
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"));
    std::env::split_paths(&path)
        .chain(versions)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// Postgres refuses to run as root: then it runs as its own account.
fn account() -> Option<(u32, u32)> {
    let is_root = rustix::process::geteuid().is_root();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut fields = accounts
        .lines()
        .find(|line| is_root && line.starts_with("postgres:"))?
        .split(':')
        .skip(2)
        .map(|field| field.parse().unwrap());
    fields.next().zip(fields.next())
}

struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// None on a machine that has no server to start, only the address of one.
    fn start() -> Option<Self> {
        let server = Self {
            programs: programs()?,
            folder: tempfile::tempdir().unwrap(),
            port: TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port(),
        };
        server.write("", "");
        server.write("password", PASSWORD);
        let made = server.run(
            "initdb",
            "-U wifi -A scram-sha-256 --pwfile password -D data --no-sync --locale C -E UTF8",
        );
        assert!(made.success(), "initdb");
        certificates(&server);
        server.write("data/pg_hba.conf", "hostssl all all all scram-sha-256\n");
        let settings = format!(
            "port = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n\
             ssl = on\nssl_cert_file = '../server.pem'\nssl_key_file = '../server.key'\n",
            server.port
        );
        server.write("data/postgresql.conf", &settings);
        let started = server.run("pg_ctl", "start -w -D data -l log");
        let log = || std::fs::read_to_string(server.file("log"));
        assert!(started.success(), "{:?}", log());
        Some(server)
    }

    fn run(&self, program: &str, arguments: &str) -> ExitStatus {
        let mut command = Command::new(self.programs.join(program));
        command
            .args(arguments.split(' '))
            .env("LC_ALL", "C")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some((user, group)) = account() {
            command.uid(user).gid(group);
        }
        command.status().unwrap()
    }

    /// Writes a file that is the server's own; without a name only the folder becomes that.
    fn write(&self, name: &str, content: &str) {
        let path = self.file(name);
        if !name.is_empty() {
            std::fs::write(&path, content).unwrap();
        }
        if let Some((user, group)) = account() {
            chown(&path, Some(user), Some(group)).unwrap();
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, host: &str, query: &str) -> String {
        let port = self.port;
        format!("postgresql://wifi:{PASSWORD}@{host}:{port}/postgres?{query}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", "stop -m immediate -D data");
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `localhost` with its authority, and an authority that has nothing to do with
/// it.
fn certificates(server: &Server) {
    let authority_of_server = authority();
    server.write("ca.pem", &authority_of_server.pem());
    server.write("other.pem", &authority().pem());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &authority_of_server)
        .unwrap();
    server.write("server.pem", &certificate.pem());
    server.write("server.key", &key.serialize_pem());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(server.file("server.key"), mode).unwrap();
}

/// Whether the server lets this address in.
async fn gets_in(url: DatabaseUrl) -> bool {
    let store = PgStore::new(url, &PoolSettings::default()).unwrap();
    store.is_ready().await.is_ok()
}

fn with_database_file(path: &Path) -> Authorities {
    Authorities {
        database: Some(path.to_owned()),
        system: None,
    }
}

#[tokio::test]
async fn every_mode_protects_as_libpq_means_it() {
    let Some(server) = Server::start() else {
        eprintln!("not run: no programs of a Postgres server on this machine");
        return;
    };
    let ours = format!("&sslrootcert={}", server.file("ca.pem").display());
    let other = format!("&sslrootcert={}", server.file("other.pem").display());
    let itself = format!("&sslrootcert={}", server.file("server.pem").display());
    // Only whoever speaks TLS gets in at all.
    for (host, query, expected) in [
        ("localhost", "sslmode=disable".to_owned(), false),
        ("localhost", "sslmode=allow".to_owned(), true),
        ("localhost", "sslmode=prefer".to_owned(), true),
        ("localhost", String::new(), true),
        ("localhost", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=require{ours}"), true),
        ("localhost", format!("sslmode=require{other}"), false),
        ("localhost", "sslmode=verify-ca".to_owned(), false),
        ("127.0.0.1", format!("sslmode=verify-ca{ours}"), true),
        ("localhost", format!("sslmode=verify-ca{other}"), false),
        ("127.0.0.1", format!("sslmode=verify-full{ours}"), false),
        ("localhost", format!("sslmode=verify-full{ours}"), true),
        ("localhost", format!("sslmode=verify-full{itself}"), true),
        ("127.0.0.1", format!("sslmode=verify-full{itself}"), false),
        ("localhost", "sslrootcert=system".to_owned(), false),
    ] {
        let url = DatabaseUrl::parse(&server.text(host, &query)).unwrap();
        assert_eq!(gets_in(url).await, expected, "{host} {query}");
    }

    // The same from variables of the environment; what the address names comes first.
    let ca = with_database_file(&server.file("ca.pem"));
    let wrong = with_database_file(&server.file("other.pem"));
    let system = Authorities {
        database: None,
        system: Some(server.file("ca.pem")),
    };
    for (query, authorities, expected) in [
        ("sslmode=verify-full".to_owned(), &ca, true),
        ("sslmode=require".to_owned(), &wrong, false),
        (format!("sslmode=verify-full{ours}"), &wrong, true),
        ("sslmode=verify-full".to_owned(), &system, true),
        ("sslrootcert=system".to_owned(), &system, true),
    ] {
        let text = server.text("localhost", &query);
        let url = DatabaseUrl::parse_with(&text, authorities).unwrap();
        assert_eq!(gets_in(url).await, expected, "{query} {authorities:?}");
    }

    // What is wrong is no reason to wait for the database; that nobody answers is one.
    let refused = DatabaseUrl::parse(&server.text("localhost", "sslmode=disable")).unwrap();
    let error = pending_migrations(&refused).await.unwrap_err();
    assert!(!error.is_for_want_of_a_database(), "{error:?}");
    let text = server.text("localhost", "sslmode=require");
    drop(server);
    let gone = DatabaseUrl::parse(&text).unwrap();
    let error = migrate(&gone).await.unwrap_err();
    assert!(error.is_for_want_of_a_database(), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_taken_by_those_who_only_prefer_it() {
    let database = support::database().await;
    let text = |mode: &str| {
        let url = database.url();
        let glue = if url.contains('?') { '&' } else { '?' };
        format!("{url}{glue}sslmode={mode}")
    };
    for (mode, expected) in [
        ("disable", true),
        ("allow", true),
        ("prefer", true),
        ("require", false),
        ("verify-full", false),
    ] {
        let url = DatabaseUrl::parse(&text(mode)).unwrap();
        assert_eq!(gets_in(url).await, expected, "{mode}");
    }
}
