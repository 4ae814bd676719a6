//! What a failed login says about the peer.

use std::io;

use routeros_proto::connection::CloseReason;
use routeros_proto::login::LoginError;
use routeros_proto::trap::TrapClass;

use crate::connect_error::{ConnectError, Diagnosis, Stage};

/// The port of `api-ssl`, unless moved.
const TLS_PORT: u16 = 8729;

/// The first two bytes that the peer sent, which tell what it speaks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Head {
    bytes: [u8; 2],
    seen: usize,
}

impl Head {
    pub(crate) fn note(&mut self, bytes: &[u8]) {
        let free = self.bytes.iter_mut().skip(self.seen);
        let noted = free.zip(bytes).map(|(slot, byte)| *slot = *byte).count();
        self.seen = self.seen.saturating_add(noted);
    }

    /// Whether the peer sent nothing at all.
    pub(crate) const fn is_empty(self) -> bool {
        self.seen == 0
    }

    /// Whether it may be the start of a reply: a length, then the mark of every reply word.
    pub(crate) const fn may_be_reply(self) -> bool {
        self.seen < 2 || self.bytes[1] == b'!'
    }

    /// Whether it looks like a TLS alert, which is what a TLS server answers to plain bytes.
    pub(crate) const fn is_tls_alert(self) -> bool {
        self.seen == 2 && matches!(self.bytes, [0x15, 0x03])
    }
}

/// Why a login did not come to a good end.
pub(crate) enum Failure {
    Refused(LoginError),
    Closed(CloseReason),
    Io(io::ErrorKind),
}

impl Failure {
    /// `port` is that of a plain connection.
    fn diagnose(&self, head: Head, port: Option<u16>) -> Diagnosis {
        let spoken = if head.is_tls_alert() || (head.is_empty() && port == Some(TLS_PORT)) {
            Some(Diagnosis::SpeaksTls)
        } else if head.may_be_reply() {
            None
        } else {
            Some(Diagnosis::NotRouterOs)
        };
        match self {
            Self::Refused(LoginError::Refused(trap)) => match trap.class() {
                TrapClass::Permission => Diagnosis::MissingPolicy,
                TrapClass::Transient | TrapClass::Interrupted => Diagnosis::Overloaded,
                _ => Diagnosis::WrongCredentials,
            },
            Self::Refused(LoginError::TimedOut) => spoken.unwrap_or(Diagnosis::Silent),
            Self::Refused(LoginError::NoChallenge | LoginError::UnexpectedChallenge) => {
                Diagnosis::LoginMethod
            }
            Self::Refused(_) => Diagnosis::NotRouterOs,
            Self::Closed(CloseReason::Fatal(_)) => Diagnosis::ClosedEarly,
            Self::Closed(CloseReason::Protocol(_) | CloseReason::NotAReply) => {
                spoken.unwrap_or(Diagnosis::NotRouterOs)
            }
            Self::Closed(_) | Self::Io(_) => spoken.unwrap_or(Diagnosis::ClosedEarly),
        }
    }

    /// The error for the caller; `head` is what the peer said first, `port` that of a plain
    /// connection.
    pub(crate) fn into_error(self, head: Head, port: Option<u16>) -> ConnectError {
        let diagnosis = self.diagnose(head, port);
        let error = ConnectError::new(Stage::Login, diagnosis);
        match self {
            Self::Refused(refusal) => error.because(refusal),
            Self::Closed(reason) => error.because(reason),
            Self::Io(kind) => error.because(io::Error::from(kind)),
        }
    }
}
