//! The program as scripts use it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use routeros_proto::command::Command as Api;

use crate::client::{Client, login};

/// A running program, ended with the test.
struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_routeros-sim"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Asks it to end, by name of the signal, and returns its exit status.
    fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", signal, &id])
            .status()
            .unwrap();
        assert!(sent.success());
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already unless the test failed.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_prints_its_addresses_serves_and_ends_on_signals() {
    for signal in ["INT", "TERM"] {
        let mut program = Running::start(&[
            "--listen",
            "127.0.0.1:0",
            "--control",
            "127.0.0.1:0",
            "--version",
            "6.49",
            "--user",
            "api",
            "--password",
            "x",
        ]);
        let first = program.line();
        let address = first
            .strip_prefix("routeros-sim 6.49 api ")
            .unwrap()
            .to_owned();
        assert!(program.line().starts_with("control http://127.0.0.1:"));
        let stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let mut client = Client::over(stream);
        client.run(&login("api", "x")).await.ok();
        let resource = client.run(&Api::new("/system/resource/print")).await;
        assert_eq!(resource.row().get("version"), Some("6.49.19 (long-term)"));
        assert_eq!(program.end(signal), Some(0), "{signal}");
    }
}

#[test]
fn it_shows_the_fingerprint_and_refuses_nonsense() {
    let mut program = Running::start(&["--listen", "127.0.0.1:0", "--tls"]);
    assert!(
        program
            .line()
            .starts_with("routeros-sim 7.18 api-ssl 127.0.0.1:")
    );
    let fingerprint = program.line();
    assert_eq!(fingerprint.strip_prefix("sha256 ").map(str::len), Some(64));
    assert_eq!(program.end("TERM"), Some(0));
    let output = Command::new(env!("CARGO_BIN_EXE_routeros-sim"))
        .args(["--version", "5.0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
