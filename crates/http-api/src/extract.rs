//! Callers, authenticated before a handler runs.

pub(crate) mod caller;
