//! Says who a router is, or what is wrong with the connection.
//!
//! `cargo run --example look -- HOST PORT USER PASSWORD`; port 8729 is taken as TLS, whatever its
//! certificate, and the fingerprint is shown.

use std::error::Error;
use std::io::{Write, stdout};

use routeros_client::Command;
use routeros_client::ConnectOptions;
use routeros_client::connect;
use routeros_client::{Tls, Trust};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, port, user, password] = arguments.as_slice() else {
        return Err("usage: look HOST PORT USER PASSWORD".into());
    };
    let mut options = ConnectOptions::new(host, port.parse()?, user, password);
    if options.port == 8729 {
        options = options.tls(Tls::On(Trust::FirstUse));
    }
    let router = connect(options).await?;
    let mut out = stdout();
    if let Some(fingerprint) = router.fingerprint() {
        writeln!(out, "certificate {fingerprint}")?;
    }
    for (path, property) in [
        ("/system/identity/print", "name"),
        ("/system/resource/print", "version"),
    ] {
        let reply = router.execute(Command::new(path)).await?;
        let value = reply.rows().first().and_then(|row| row.get(property));
        writeln!(out, "{property} {}", value.unwrap_or_default().text())?;
    }
    Ok(())
}
