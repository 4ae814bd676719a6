//! Shapes that several resources share.

pub(crate) mod error;
pub(crate) mod filters;
pub(crate) mod texts;
pub(crate) mod tls;
pub(crate) mod values;
pub(crate) mod views;
