//! What must hold: at every moment, and once everything has come to rest.

pub(crate) mod at_rest;
pub(crate) mod continuous;
