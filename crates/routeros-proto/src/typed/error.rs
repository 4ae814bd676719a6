//! Why a row is not of the type asked for.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use core::fmt;

use serde_core::de::{Expected, Unexpected};

use crate::text::Value;
use crate::value::ValueError;

/// A row that is not of the type asked for. Values are not in the error: they may be anything,
/// also a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError(Box<Fault>);

/// Kept apart, so that what is returned on success stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    property: Option<Box<str>>,
    problem: Box<str>,
}

impl RowError {
    pub(super) fn new(problem: impl Into<Box<str>>) -> Self {
        Self(Box::new(Fault {
            property: None,
            problem: problem.into(),
        }))
    }

    /// The same about this property, unless it is known already.
    #[cold]
    pub(super) fn at(mut self, property: &[u8]) -> Self {
        if self.0.property.is_none() {
            let name = Value::new(property).lossy();
            self.0.property = Some(name.into());
        }
        self
    }

    /// The property at fault, where it is known.
    #[must_use]
    pub fn property(&self) -> Option<&str> {
        self.0.property.as_deref()
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.property {
            Some(property) => write!(f, "property `{property}`: {}", self.0.problem),
            None => f.write_str(&self.0.problem),
        }
    }
}

impl core::error::Error for RowError {}

impl serde_core::de::Error for RowError {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::new(problem.to_string())
    }

    // The defaults show the value.
    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("not {expected}"))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("not {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("not one of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing").at(field.as_bytes())
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("twice in the row").at(field.as_bytes())
    }
}

impl From<ValueError> for RowError {
    fn from(error: ValueError) -> Self {
        Self::new(error.to_string())
    }
}
