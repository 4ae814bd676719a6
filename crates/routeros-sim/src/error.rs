//! Why a simulator does not start, or cannot do what it is told.

use std::error::Error;
use std::fmt;

/// The simulator could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address could not be bound.
    Bind {
        /// The address.
        address: std::net::SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The certificate could not be made.
    Certificate(rcgen::Error),
    /// The certificate could not be used.
    Tls(rustls::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, .. } => write!(f, "cannot listen on {address}"),
            Self::Certificate(_) => f.write_str("cannot make a certificate"),
            Self::Tls(_) => f.write_str("cannot use the certificate"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Bind { source, .. } => Some(source),
            Self::Certificate(error) => Some(error),
            Self::Tls(error) => Some(error),
        }
    }
}

impl From<rcgen::Error> for StartError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error)
    }
}

impl From<rustls::Error> for StartError {
    fn from(error: rustls::Error) -> Self {
        Self::Tls(error)
    }
}

/// The router's own rules refuse what a test wants to put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The trap text that a client would have seen.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refused {}
