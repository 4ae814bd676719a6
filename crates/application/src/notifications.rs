//! Notifications to operators.

pub mod channels;
pub mod deliver;
