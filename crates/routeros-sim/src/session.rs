//! One connection: what it says, what is running on it, how it is answered.

mod auth;
mod cancel;
pub(crate) mod conn;
mod deliver;
mod perform;
pub(crate) mod reader;
mod stream;
