//! Sessions, router keys, and what they open.

pub mod change_password;
pub mod login;
pub mod portal;
pub mod session;
