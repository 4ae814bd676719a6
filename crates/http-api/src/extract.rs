//! Callers, authenticated before a handler runs.

pub(crate) mod caller;
pub(crate) mod client_address;
pub(crate) mod idempotency_key;
