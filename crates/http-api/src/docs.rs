//! The reference for people (`/docs`): a page of our own that renders `/openapi.json`. It needs
//! nothing from the internet and runs no script but its own.

pub(crate) mod asset;
pub(crate) mod page;
pub(crate) mod redoc;
