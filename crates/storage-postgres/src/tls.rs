//! TLS to the database, with as much of the server's certificate checked as the address asks for.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What of a server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerCheck {
    /// Nothing: safe from whoever only listens, not from whoever is in the way.
    Nothing,
    /// That a trusted authority signed it.
    Authority,
    /// That, and that it is for the host that was dialled.
    AuthorityAndName,
}

/// A file of certificates that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableCertificates {
    /// The file cannot be read.
    #[error("cannot read the certificates in {}: {kind}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        kind: io::ErrorKind,
    },
    /// There is nothing in it that could be trusted.
    #[error("there is no certificate in PEM form in {}", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// The TLS library refuses it.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A client that checks this much, against the certificates in a file or the public authorities.
pub(crate) fn client_config(
    check: ServerCheck,
    roots: Option<&Path>,
) -> Result<ClientConfig, UnusableCertificates> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        trusted: if check == ServerCheck::Nothing {
            Trusted::nobody()
        } else {
            Trusted::read(roots)?
        },
        algorithms: provider.signature_verification_algorithms,
        check,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| UnusableCertificates::Tls(error.to_string()))?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// Authorities, and certificates that are trusted as such.
struct Trusted {
    roots: RootCertStore,
    /// As they are in the file: who runs a database with a certificate that signs itself names
    /// that one.
    named: Vec<CertificateDer<'static>>,
}

impl Trusted {
    fn nobody() -> Self {
        Self {
            roots: RootCertStore::empty(),
            named: Vec::new(),
        }
    }

    fn read(file: Option<&Path>) -> Result<Self, UnusableCertificates> {
        let Some(path) = file else {
            return Ok(Self {
                roots: RootCertStore {
                    roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
                },
                named: Vec::new(),
            });
        };
        let pem = std::fs::read(path).map_err(|error| UnusableCertificates::Unreadable {
            path: path.to_owned(),
            kind: error.kind(),
        })?;
        let named: Vec<_> = CertificateDer::pem_slice_iter(&pem).flatten().collect();
        if named.is_empty() {
            return Err(UnusableCertificates::Empty {
                path: path.to_owned(),
            });
        }
        let mut roots = RootCertStore::empty();
        // One of many that is malformed is no reason to trust none of the others.
        roots.add_parsable_certificates(named.iter().cloned());
        Ok(Self { roots, named })
    }
}

struct Verifier {
    trusted: Trusted,
    algorithms: WebPkiSupportedAlgorithms,
    check: ServerCheck,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({:?})", self.check)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.check == ServerCheck::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        if !self.trusted.named.contains(end_entity) {
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &self.trusted.roots,
                intermediates,
                now,
                self.algorithms.all,
            )?;
        }
        if self.check == ServerCheck::AuthorityAndName {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
