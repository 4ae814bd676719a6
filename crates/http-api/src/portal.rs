//! Captive portals' endpoints.

pub(crate) mod catalogue;
mod hotspot_texts;
pub(crate) mod pay;
pub(crate) mod profile_info;
pub(crate) mod purchase;
mod purchase_texts;
mod purchase_view;
pub(crate) mod reconnect;
pub(crate) mod router_check;

/// Longest name of a hotspot user that is looked up.
const MAX_NAME: usize = 128;
/// Longest password that is compared.
const MAX_PASSWORD: usize = 1024;
