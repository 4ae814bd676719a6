//! Certificates as routers have them.

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;

use crate::error::StartError;
use crate::value::number;

/// What `api-ssl` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// A good certificate, signed by itself, for `127.0.0.1`, `::1` and `localhost`.
    #[default]
    SelfSigned,
    /// The same, out of date since 2020.
    Expired,
    /// One for another router.
    WrongName,
    /// None: the handshake fails with alert 40, as it does for every client without anonymous
    /// Diffie-Hellman.
    NoCertificate,
}

/// A certificate ready for use.
#[derive(Clone)]
pub(crate) struct Identity {
    /// `None` without a certificate.
    pub(crate) acceptor: Option<TlsAcceptor>,
    /// SHA-256 of the certificate, lower-case hex.
    pub(crate) fingerprint: Option<String>,
    /// The certificate, PEM.
    pub(crate) pem: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// Makes a new key and certificate.
pub(crate) fn identity(mode: TlsMode) -> Result<Identity, StartError> {
    let (names, common_name) = match mode {
        TlsMode::NoCertificate => {
            return Ok(Identity {
                acceptor: None,
                fingerprint: None,
                pem: None,
            });
        }
        TlsMode::WrongName => (vec!["another-router.example".to_owned()], "another-router"),
        TlsMode::SelfSigned | TlsMode::Expired => (
            ["127.0.0.1", "::1", "localhost"]
                .map(str::to_owned)
                .to_vec(),
            "MikroTik",
        ),
    };
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = match mode {
        TlsMode::Expired => date_time_ymd(2020, 1, 1),
        _ => date_time_ymd(2099, 1, 1),
    };
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, secret)?;
    Ok(Identity {
        acceptor: Some(TlsAcceptor::from(Arc::new(config))),
        fingerprint: Some(number::hex(digest(&SHA256, certificate.der()).as_ref())),
        pem: Some(certificate.pem()),
    })
}
