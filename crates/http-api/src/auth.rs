//! Sessions.

pub(crate) mod change_password;
pub(crate) mod login;
pub(crate) mod logout;
