//! Notifications to operators.

pub mod deliver;
