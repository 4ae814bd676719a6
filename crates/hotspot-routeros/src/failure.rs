//! From the client's errors to the port's.
//!
//! What a router said word for word stays here: the port's texts are ours.

use ports::hotspot::{HotspotError, TlsTrouble};
use routeros_client::ConnectError;
use routeros_client::Diagnosis;
use routeros_client::PoolError;
use routeros_client::TrapClass;
use routeros_client::{CallError, CallErrorKind, Effect, Refusal};

/// Why a command of a step did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There was no connection; nothing was sent.
    NoConnection(PoolError),
    /// The command failed.
    Call(CallError),
    /// The step's time was over before it could be sent.
    TimeOver,
}

impl Failure {
    /// The router's refusal, if it is one.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Call(error) => error.refusal(),
            Self::NoConnection(_) | Self::TimeOver => None,
        }
    }

    /// What kind of trap it is, if it is one.
    pub(crate) fn class(&self) -> Option<TrapClass> {
        self.refusal().map(Refusal::class)
    }

    /// Whether the command may have had its effect, with no answer to tell.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Call(error) if error.effect() == Effect::Unknown)
    }

    /// Whether another connection may do better.
    pub(crate) fn is_connection_lost(&self) -> bool {
        match self {
            Self::Call(error) => {
                error.is_connection_lost() || matches!(error.kind(), CallErrorKind::TimedOut { .. })
            }
            Self::NoConnection(_) | Self::TimeOver => false,
        }
    }
}

impl From<Failure> for HotspotError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoConnection(error) => from_pool(&error),
            Failure::Call(error) => from_call(&error),
            Failure::TimeOver => Self::TimedOut,
        }
    }
}

fn from_pool(error: &PoolError) -> HotspotError {
    match error {
        PoolError::Connect(error) => from_connect(error),
        // Somebody said no: that is worth more than "a moment ago".
        PoolError::Suspended {
            last: Some(last), ..
        } if !last.is_unreachable() => from_connect(last),
        PoolError::Suspended { .. } => HotspotError::Suspended,
        _ => HotspotError::TimedOut,
    }
}

pub(crate) fn from_connect(error: &ConnectError) -> HotspotError {
    match error.diagnosis() {
        Diagnosis::AddressFiltered => HotspotError::AddressNotAllowed,
        Diagnosis::TimedOut | Diagnosis::Silent => HotspotError::TimedOut,
        Diagnosis::CertificateChanged { .. } => HotspotError::CertificateChanged,
        Diagnosis::WrongCredentials => HotspotError::LoginRefused,
        Diagnosis::MissingPolicy => HotspotError::NotPermitted,
        Diagnosis::SpeaksTls => HotspotError::Tls(TlsTrouble::SpeaksTls),
        Diagnosis::SpeaksPlain => HotspotError::Tls(TlsTrouble::SpeaksPlain),
        Diagnosis::NoCertificate => HotspotError::Tls(TlsTrouble::NoCertificate),
        Diagnosis::CertificateUntrusted(_) => HotspotError::Tls(TlsTrouble::Untrusted),
        Diagnosis::TlsFailed(_) => HotspotError::Tls(TlsTrouble::Failed),
        other @ (Diagnosis::LoginMethod | Diagnosis::NotRouterOs) => {
            HotspotError::Unsupported(other.to_string())
        }
        other @ Diagnosis::InvalidSettings(_) => HotspotError::Refused(other.to_string()),
        _ => HotspotError::Unreachable,
    }
}

fn from_call(error: &CallError) -> HotspotError {
    match error.kind() {
        CallErrorKind::Trap(refusal) => from_class(refusal.class()),
        CallErrorKind::TimedOut { .. } => HotspotError::TimedOut,
        CallErrorKind::Protocol { .. } => {
            HotspotError::Unsupported("its bytes are no RouterOS API".to_owned())
        }
        CallErrorKind::Fatal { .. } | CallErrorKind::Closed { .. } => HotspotError::Unreachable,
        CallErrorKind::Busy => HotspotError::Refused("too many commands at once".to_owned()),
        CallErrorKind::NotConnected(error) => from_connect(error),
        CallErrorKind::Invalid(_) | CallErrorKind::CommandTooLarge { .. } => {
            HotspotError::Refused("the command cannot be sent".to_owned())
        }
        _ => HotspotError::Refused("its answer cannot be used".to_owned()),
    }
}

fn from_class(class: TrapClass) -> HotspotError {
    let refused = |text: &str| HotspotError::Refused(text.to_owned());
    match class {
        TrapClass::Permission => HotspotError::NotPermitted,
        TrapClass::Login => HotspotError::LoginRefused,
        TrapClass::NoSuchCommand => {
            HotspotError::Unsupported("the command does not exist there".to_owned())
        }
        TrapClass::Duplicate => refused("it exists already"),
        TrapClass::NotFound => refused("it does not exist"),
        TrapClass::BadValue => refused("a value was not accepted"),
        TrapClass::Limit => refused("a limit is reached"),
        TrapClass::Transient => refused("it is overloaded"),
        _ => refused("reason unknown"),
    }
}
