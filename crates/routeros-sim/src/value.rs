//! Values as a router prints and reads them.

pub(crate) mod date;
pub(crate) mod duration;
pub(crate) mod mac;
pub(crate) mod number;
