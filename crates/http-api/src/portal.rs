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
