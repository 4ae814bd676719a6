//! What is probably wrong, in words that help whoever set the router up.

use std::fmt;

use routeros_proto::trap::TrapClass;

use crate::error::CallError;
use crate::fingerprint::Fingerprint;

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
    /// The router offers only anonymous key exchange: `api-ssl` without a certificate.
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

impl Diagnosis {
    /// What a failed call suggests, where it suggests anything.
    #[must_use]
    pub fn of_call(error: &CallError) -> Option<Self> {
        match error {
            CallError::Trap(refusal) if refusal.class() == TrapClass::Permission => {
                Some(Self::MissingPolicy)
            }
            CallError::Trap(refusal) if refusal.class() == TrapClass::Login => {
                Some(Self::WrongCredentials)
            }
            CallError::Protocol { .. } => Some(Self::NotRouterOs),
            CallError::Deadline { .. } => Some(Self::Silent),
            _ => None,
        }
    }
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
            Self::NoCertificate => "api-ssl probably has no certificate: set one on the service",
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
