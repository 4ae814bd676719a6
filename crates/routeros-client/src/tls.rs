//! TLS as routers need it: certificates are mostly self-signed and rarely carry the right name.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};

use crate::connect_error::{ConnectError, Diagnosis, Stage};
use crate::fingerprint::Fingerprint;
use crate::host::Host;

mod verifier;

use verifier::{Check, PinMismatch, Verifier};

/// Which certificates are good. In every mode but [`Insecure`](Self::Insecure) the router must
/// prove that it holds the key of the certificate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Trust {
    /// Public authorities; the name is checked.
    PublicRoots,
    /// The given authorities; the name is not checked, since routers rarely carry the right one.
    /// So whoever holds a certificate of such an authority can play the router.
    Authority(Authority),
    /// A certificate, or a public key, with this SHA-256. The right choice for most routers.
    Pinned(Fingerprint),
    /// Any certificate. Read it from the client's `fingerprint` after the first connection and
    /// pin it from then on.
    FirstUse,
    /// No check at all: anybody on the way can read and change everything.
    Insecure,
}

/// Certificates of authorities.
#[derive(Clone, Debug)]
pub struct Authority(Vec<CertificateDer<'static>>);

impl Authority {
    /// Reads one or more certificates in PEM.
    ///
    /// # Errors
    /// [`InvalidPem`] when there is none, or one that cannot be read.
    pub fn from_pem(pem: &str) -> Result<Self, InvalidPem> {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|_unreadable| InvalidPem)?;
        if certificates.is_empty() {
            return Err(InvalidPem);
        }
        Ok(Self(certificates))
    }
}

/// A text that holds no readable PEM certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPem;

impl fmt::Display for InvalidPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no readable certificate in PEM")
    }
}

impl std::error::Error for InvalidPem {}

/// The settings of a handshake with `host`, and the name that is checked.
pub(crate) fn client_config(
    host: &Host,
    trust: &Trust,
) -> Result<(ClientConfig, ServerName<'static>), ConnectError> {
    let invalid = |reason: &str| {
        let diagnosis = Diagnosis::InvalidSettings(reason.to_owned());
        ConnectError::new(Stage::Tls, diagnosis)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let check = match trust {
        Trust::PublicRoots => {
            let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
            Check::chain(roots, &provider, true)
        }
        Trust::Authority(authority) => {
            let mut roots = RootCertStore::empty();
            let (added, _) = roots.add_parsable_certificates(authority.0.iter().cloned());
            if added == 0 {
                return Err(invalid("the authority's certificate cannot be used"));
            }
            Check::chain(roots, &provider, false).map(|check| check.or_any_of(authority.0.clone()))
        }
        Trust::Pinned(fingerprint) => Ok(Check::pin(*fingerprint)),
        Trust::FirstUse => Ok(Check::any()),
        Trust::Insecure => Ok(Check::nothing()),
    }
    .map_err(|error| invalid("the authority's certificate cannot be used").because(error))?;
    let verifier = Arc::new(Verifier::new(check, &provider));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid("no TLS version can be used").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // Only a public name is worth telling to whoever listens; for an address none is sent anyway.
    config.enable_sni = matches!(trust, Trust::PublicRoots);
    // Connections are kept, so there is nothing to resume.
    config.resumption = rustls::client::Resumption::disabled();
    let name = match host {
        Host::Address(address) => ServerName::from(*address),
        // Names that TLS does not know, such as `my_router`, matter only where they are checked.
        Host::Name(name) => ServerName::try_from(name.clone()).or_else(|error| match trust {
            Trust::PublicRoots => Err(invalid("not a name for TLS").because(error)),
            _ => Ok(ServerName::from(IpAddr::from([0, 0, 0, 0]))),
        })?,
    };
    Ok((config, name))
}

/// The fingerprint of the certificate that the router showed.
pub(crate) fn shown(certificates: Option<&[CertificateDer<'_>]>) -> Option<Fingerprint> {
    certificates?.first().map(|shown| Fingerprint::of(shown))
}

/// What a failed handshake says.
pub(crate) fn failed(error: io::Error) -> ConnectError {
    ConnectError::new(Stage::Tls, diagnose(&error)).because(error)
}

fn diagnose(error: &io::Error) -> Diagnosis {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        )) => Diagnosis::NoCertificate,
        Some(rustls::Error::InvalidMessage(_)) => Diagnosis::SpeaksPlain,
        Some(rustls::Error::InvalidCertificate(reason)) => match reason {
            CertificateError::Other(other) => other
                .0
                .downcast_ref::<PinMismatch>()
                .map_or_else(|| untrusted(reason), PinMismatch::diagnosis),
            _ => untrusted(reason),
        },
        Some(other) => Diagnosis::TlsFailed(other.to_string()),
        None => Diagnosis::ClosedEarly,
    }
}

fn untrusted(reason: &CertificateError) -> Diagnosis {
    Diagnosis::CertificateUntrusted(reason.to_string())
}
