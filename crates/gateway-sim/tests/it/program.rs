//! The program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::world::World;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn start(arguments: &[&str]) -> (Running, BTreeMap<String, String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gateway-sim"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let running = Running(child);
    let addresses = lines
        .map(Result::unwrap)
        .take_while(|line| line != "ready")
        .map(|line| {
            line.split_once(' ')
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .unwrap()
        })
        .collect();
    (running, addresses)
}

#[cfg(unix)]
#[tokio::test]
async fn it_prints_where_it_listens_and_ends_cleanly_on_signals() {
    let world = World::new().await;
    for signal in ["-TERM", "-INT"] {
        let (mut running, addresses) = start(&["--control", "127.0.0.1:0", "--seed", "7"]);
        let names: Vec<&str> = addresses.keys().map(String::as_str).collect();
        assert_eq!(names, ["conekta", "control", "mercado_pago", "telegram"]);
        let guide = world.http.get(&addresses["control"]).send().await.unwrap();
        assert!(guide.status().is_success());
        let pid = running.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = running.0.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn a_busy_port_is_one_clear_line_and_a_failure() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_gateway-sim"))
        .args(["--conekta", &address])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains(&address), "{text}");
}
