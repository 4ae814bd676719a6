//! `api-ssl` with the certificates that routers have.

use std::sync::Arc;

use ring::digest::{SHA256, digest};
use routeros_sim::{Simulator, TlsMode};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::{Client, login};

/// Connects trusting the router's own certificate, for the address it listens on.
async fn connect(router: &Simulator) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = router.tls_certificate_pem() {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        roots.add(der).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(router.addr()).await?;
    let name = ServerName::IpAddress(router.addr().ip().into());
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn a_good_certificate_is_shown_with_its_fingerprint() {
    let router = Simulator::builder()
        .tls(TlsMode::SelfSigned)
        .start()
        .await
        .unwrap();
    let stream = connect(&router).await.unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    assert_eq!(
        router.tls_fingerprint(),
        Some(hex::encode(digest(&SHA256, &shown)).as_str())
    );
    let mut client = Client::over(stream);
    client.run(&login("admin", "")).await.ok();
    assert_eq!(client.call("/system/identity/print").await.rows().len(), 1);
}

#[tokio::test]
async fn bad_certificates_fail_for_their_own_reason() {
    for (mode, reason) in [
        (TlsMode::Expired, "expired"),
        (TlsMode::WrongName, "not valid for"),
        (TlsMode::NoCertificate, "HandshakeFailure"),
    ] {
        let router = Simulator::builder().tls(mode).start().await.unwrap();
        let error = connect(&router).await.unwrap_err().to_string();
        assert!(error.contains(reason), "{mode:?}: {error}");
    }
}

#[tokio::test]
async fn plain_bytes_on_the_tls_port_are_turned_away() {
    let router = Simulator::builder()
        .tls(TlsMode::SelfSigned)
        .start()
        .await
        .unwrap();
    let mut stream = TcpStream::connect(router.addr()).await.unwrap();
    stream.write_all(b"\x06/login\x00").await.unwrap();
    let mut answer = Vec::new();
    // A TLS alert at most, and the end; never an answer of the API.
    let _reset = stream.read_to_end(&mut answer).await;
    assert!(!answer.windows(5).any(|window| window == b"!done"));
    router
        .until(|counters| counters.open_connections == 0)
        .await;
    assert_eq!(router.counters().all_commands(), 0);
}
