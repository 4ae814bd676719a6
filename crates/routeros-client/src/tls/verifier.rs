//! What is asked of a router's certificate.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{ParsedCertificate, VerifierBuilderError};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use crate::connect_error::Diagnosis;
use crate::fingerprint::Fingerprint;

/// How a certificate is judged.
#[derive(Debug)]
pub(super) struct Check {
    rule: Rule,
    /// Whether the router must prove that it holds the certificate's key.
    proof: bool,
}

#[derive(Debug)]
enum Rule {
    Chain {
        verifier: Arc<WebPkiServerVerifier>,
        check_name: bool,
        /// Certificates that are good as they are.
        known: Vec<CertificateDer<'static>>,
    },
    Pin(Fingerprint),
    Any,
}

impl Check {
    pub(super) fn chain(
        roots: RootCertStore,
        provider: &Arc<CryptoProvider>,
        check_name: bool,
    ) -> Result<Self, VerifierBuilderError> {
        let provider = Arc::clone(provider);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
        let known = Vec::new();
        Ok(Self {
            rule: Rule::Chain {
                verifier,
                check_name,
                known,
            },
            proof: true,
        })
    }

    /// Also accepts these very certificates: a router that shows the self-signed certificate
    /// which was given as its authority is refused by the rules for chains.
    pub(super) fn or_any_of(mut self, certificates: Vec<CertificateDer<'static>>) -> Self {
        if let Rule::Chain { known, .. } = &mut self.rule {
            *known = certificates;
        }
        self
    }

    pub(super) const fn pin(fingerprint: Fingerprint) -> Self {
        Self {
            rule: Rule::Pin(fingerprint),
            proof: true,
        }
    }

    pub(super) const fn any() -> Self {
        Self {
            rule: Rule::Any,
            proof: true,
        }
    }

    pub(super) const fn nothing() -> Self {
        Self {
            rule: Rule::Any,
            proof: false,
        }
    }
}

/// Another certificate than the pinned one.
#[derive(Debug)]
pub(super) struct PinMismatch {
    expected: Fingerprint,
    seen: Fingerprint,
}

impl PinMismatch {
    pub(super) const fn diagnosis(&self) -> Diagnosis {
        Diagnosis::CertificateChanged {
            expected: self.expected,
            seen: self.seen,
        }
    }
}

impl fmt::Display for PinMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnosis().fmt(f)
    }
}

impl std::error::Error for PinMismatch {}

/// A [`Check`] in the form that rustls asks for.
#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(check: Check, provider: &CryptoProvider) -> Self {
        Self {
            check,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.check.rule {
            Rule::Any => Ok(ServerCertVerified::assertion()),
            Rule::Pin(expected) => {
                let seen = Fingerprint::of(end_entity);
                if seen == *expected || key_fingerprint(end_entity) == Some(*expected) {
                    return Ok(ServerCertVerified::assertion());
                }
                let mismatch = PinMismatch {
                    expected: *expected,
                    seen,
                };
                let other = CertificateError::Other(OtherError(Arc::new(mismatch)));
                Err(Error::InvalidCertificate(other))
            }
            Rule::Chain { known, .. } if known.iter().any(|one| one == end_entity) => {
                Ok(ServerCertVerified::assertion())
            }
            Rule::Chain {
                verifier,
                check_name,
                ..
            } => {
                let verdict = verifier.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                );
                match verdict {
                    // The name is looked at last: everything else was found good.
                    Err(Error::InvalidCertificate(
                        CertificateError::NotValidForName
                        | CertificateError::NotValidForNameContext { .. },
                    )) if !check_name => Ok(ServerCertVerified::assertion()),
                    verdict => verdict,
                }
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.check.proof {
            verify_tls12_signature(message, cert, dss, &self.algorithms)
        } else {
            Ok(HandshakeSignatureValid::assertion())
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.check.proof {
            verify_tls13_signature(message, cert, dss, &self.algorithms)
        } else {
            Ok(HandshakeSignatureValid::assertion())
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn key_fingerprint(certificate: &CertificateDer<'_>) -> Option<Fingerprint> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    Some(Fingerprint::of(&parsed.subject_public_key_info()))
}
