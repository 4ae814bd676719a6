//! Captive portals' endpoints.

pub(crate) mod auto_reconnect;
pub(crate) mod catalogue;
pub(crate) mod catalogue_item;
mod hotspot_trouble;
pub(crate) mod pay_conekta;
pub(crate) mod pay_mercado_pago;
pub(crate) mod payment_status;
pub(crate) mod profile_info;
pub(crate) mod public_config;
pub(crate) mod purchase;
mod purchase_body;
mod purchase_error;
mod purchase_limit;
mod purchase_view;
mod refusal;
pub(crate) mod validate;
