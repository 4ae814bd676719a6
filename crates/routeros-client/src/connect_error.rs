//! Why there is no connection, and what is probably wrong.

use std::error::Error;
use std::fmt;

use crate::fingerprint::Fingerprint;

/// How far connecting got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Checking settings and looking the name up.
    Resolve,
    /// Opening TCP.
    Dial,
    /// The TLS handshake.
    Tls,
    /// The RouterOS login.
    Login,
}

/// Why there is no connection: how far it got, what is probably wrong, and the error beneath.
///
/// No command of the caller's was sent, so nothing can have had an effect.
#[derive(Debug)]
pub struct ConnectError {
    stage: Stage,
    diagnosis: Diagnosis,
    /// Host and port; empty where the stream was the caller's.
    target: Box<str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ConnectError {
    pub(crate) fn new(stage: Stage, diagnosis: Diagnosis) -> Self {
        Self {
            stage,
            diagnosis,
            target: Box::default(),
            source: None,
        }
    }

    /// The same about this host and port.
    #[cfg(any(feature = "async", feature = "blocking", feature = "rustls"))]
    pub(crate) fn to(mut self, host: &str, port: u16) -> Self {
        let (open, close) = if host.contains(':') && !host.starts_with('[') {
            ("[", "]")
        } else {
            ("", "")
        };
        self.target = format!("{open}{host}{close}:{port}").into();
        self
    }

    #[cfg(any(feature = "async", feature = "blocking", feature = "rustls"))]
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Settings that cannot be used, for callers who build theirs from what people typed.
    #[must_use]
    pub fn invalid_settings(reason: impl Into<String>) -> Self {
        Self::new(Stage::Resolve, Diagnosis::InvalidSettings(reason.into()))
    }

    /// Host and port as they were given; empty for a stream that was connected already.
    #[must_use]
    pub const fn target(&self) -> &str {
        &self.target
    }

    /// How far connecting got.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// What is probably wrong.
    #[must_use]
    pub const fn diagnosis(&self) -> &Diagnosis {
        &self.diagnosis
    }

    /// Whether time ran out or nobody was there, rather than somebody saying no.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self.diagnosis,
            Diagnosis::NameNotFound
                | Diagnosis::Refused
                | Diagnosis::Unreachable
                | Diagnosis::TimedOut
                | Diagnosis::Silent
                | Diagnosis::ClosedEarly
                | Diagnosis::Overloaded
                | Diagnosis::RuntimeGone
        )
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.target.is_empty() {
            write!(f, "{}: ", self.target)?;
        }
        self.diagnosis.fmt(f)
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

/// The probable cause of a failure. `Display` is a sentence for people; it never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// The host name has no address.
    NameNotFound,
    /// The caller's address filter allows none of the addresses.
    AddressFiltered,
    /// The connection was refused: nothing listens there.
    Refused,
    /// No route, or another error of the network.
    Unreachable,
    /// No TCP connection in time.
    TimedOut,
    /// Connected, but no answer at all.
    Silent,
    /// Closed before anything could be said.
    ClosedEarly,
    /// We spoke plainly to a port that speaks TLS.
    SpeaksTls,
    /// We spoke TLS to a port that speaks plainly.
    SpeaksPlain,
    /// No cipher in common. Mostly `api-ssl` has no certificate and offers only anonymous key
    /// exchange; otherwise its certificate has a key that is not accepted (secp521r1), or it offers
    /// only old ciphers (DHE, RSA key exchange, CBC).
    NoCertificate,
    /// The certificate does not satisfy the settings; the text is a short reason.
    CertificateUntrusted(String),
    /// Another certificate than the pinned one.
    CertificateChanged {
        /// The one that is pinned.
        expected: Fingerprint,
        /// The one that was shown.
        seen: Fingerprint,
    },
    /// TLS failed in another way; the text is a short reason.
    TlsFailed(String),
    /// The router refused user or password.
    WrongCredentials,
    /// The group of the RouterOS user lacks a policy.
    MissingPolicy,
    /// The router could not decide on the login just now.
    Overloaded,
    /// The router asked for a form of login that the settings exclude.
    LoginMethod,
    /// What answered does not speak the RouterOS API.
    NotRouterOs,
    /// The settings cannot be used; the text is a short reason.
    InvalidSettings(String),
    /// The runtime that was to hold the connection is gone.
    RuntimeGone,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameNotFound => "the host name has no address",
            Self::AddressFiltered => "the address is not allowed here",
            Self::Refused => "connection refused: the api service is off, or on another port",
            Self::Unreachable => "the network cannot reach the address",
            Self::TimedOut => "no connection in time: router off, wrong address, or a firewall",
            Self::Silent => {
                "connected, but no answer: the address list of the service may exclude this \
                 server, or the port is not the API"
            }
            Self::ClosedEarly => {
                "closed at once: the address list of the service excludes this server, the \
                 service is off, or it has too many sessions"
            }
            Self::SpeaksTls => "the port speaks TLS (api-ssl, usually 8729): switch TLS on",
            Self::SpeaksPlain => {
                "no TLS on this port: it may be the plain api (usually 8728), or not answer this \
                 server at all"
            }
            Self::NoCertificate => {
                "no common cipher: api-ssl probably has no certificate, so set one on the service; \
                 if it has one, give it an RSA key of 2048 bits or more or an ECDSA key on \
                 secp256r1 or secp384r1, and let the service use TLS 1.2 with ECDHE"
            }
            Self::CertificateUntrusted(reason) => {
                return write!(f, "the certificate is not trusted: {reason}");
            }
            Self::CertificateChanged { expected, seen } => {
                return write!(
                    f,
                    "the router shows another certificate: {seen} instead of {expected}"
                );
            }
            Self::TlsFailed(reason) => return write!(f, "TLS failed: {reason}"),
            Self::WrongCredentials => "wrong user or password",
            Self::MissingPolicy => "the group of the RouterOS user lacks a policy",
            Self::Overloaded => "the router is too busy to log anybody in: try again in a moment",
            Self::LoginMethod => "the router asks for a form of login that is switched off",
            Self::NotRouterOs => "what answers there does not speak the RouterOS API",
            Self::InvalidSettings(reason) => return write!(f, "invalid settings: {reason}"),
            Self::RuntimeGone => "the runtime of the connection is gone",
        })
    }
}
