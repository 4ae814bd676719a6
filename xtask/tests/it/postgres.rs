//! The private server: comes up, answers, and goes without a trace.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use url::Url;

/// Programs that a private server needs, in the places where a package puts them.
fn is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    std::env::split_paths(&path)
        .chain(packaged.map(|version| version.path().join("bin")))
        .any(|folder| folder.join("initdb").is_file())
}

#[test]
fn comes_up_and_goes_without_a_trace() {
    if !is_installed() {
        // With a given database no server is needed here, and a test installs nothing.
        eprintln!("no Postgres server on this machine: nothing to try");
        return;
    }
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    open_to_all(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("postgres")
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let url = BufReader::new(command.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("DATABASE_URL=").map(str::to_owned))
        .unwrap();
    let url = Url::parse(&url).unwrap();
    let address = (url.host_str().unwrap().to_owned(), url.port().unwrap());

    assert_eq!(
        url.username(),
        "wifi",
        "an ordinary role, for which row-level security holds"
    );
    assert!(url.password().is_some_and(|password| password.len() >= 32));
    TcpStream::connect((address.0.as_str(), address.1)).unwrap();
    assert_ne!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let stopped = Command::new("kill")
        .arg(command.id().to_string())
        .status()
        .unwrap();
    assert!(stopped.success());
    assert!(command.wait().unwrap().success());
    assert!(TcpStream::connect((address.0.as_str(), address.1)).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The server may run as another user, who has to get in.
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}
