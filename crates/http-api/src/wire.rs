//! Shapes that several resources share.

pub(crate) mod filters;
pub(crate) mod names;
pub(crate) mod page;
pub(crate) mod tls;
pub(crate) mod values;
pub(crate) mod views;
