//! State that each replica keeps for itself; losing it is harmless.

pub mod breaker;
pub mod fairness;
pub mod hints;
pub mod key_usage;
