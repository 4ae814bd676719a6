//! Why there is no connection.

use std::error::Error;
use std::fmt;

use crate::diagnosis::Diagnosis;

/// How far connecting got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ConnectError {
    pub(crate) const fn new(stage: Stage, diagnosis: Diagnosis) -> Self {
        Self {
            stage,
            diagnosis,
            source: None,
        }
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Settings that cannot be used, for callers who build theirs from what people typed.
    #[must_use]
    pub fn invalid_settings(reason: impl Into<String>) -> Self {
        Self::new(Stage::Resolve, Diagnosis::InvalidSettings(reason.into()))
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
        self.diagnosis.fmt(f)
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}
