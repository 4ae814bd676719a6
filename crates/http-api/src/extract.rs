//! Callers, authenticated before a handler runs.

pub(crate) mod caller;
pub(crate) mod idempotency_key;
