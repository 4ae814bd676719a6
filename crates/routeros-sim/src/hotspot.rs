//! The hotspot itself: who may log in, for how long, and what stays behind.

pub(crate) mod device;
pub(crate) mod expiry;
pub(crate) mod login;
pub(crate) mod session;
