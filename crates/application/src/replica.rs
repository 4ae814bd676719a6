//! State that each replica keeps for itself; losing it is harmless.

pub(crate) mod breaker;
pub mod fairness;
pub(crate) mod hints;
pub(crate) mod key_usage;
