//! Sessions, router keys, and what they open.

pub mod change_password;
pub mod initial_admin;
pub mod key_usage;
pub mod login;
pub mod logout;
pub mod portal;
pub mod session;
