//! What the application needs from the outside, as traits.
//!
//! Every trait is used as `Arc<dyn Port>` or `&mut dyn Repository`; every method says what an
//! adapter MUST do in each case. Mocks come with the feature `mock`; fakes that keep state are
//! the crate `fakes`. This crate knows no adapter.

pub mod hotspot;
pub mod notify;
pub mod payments;
pub mod router_admin;
pub mod security;
pub mod store;
pub mod system;
