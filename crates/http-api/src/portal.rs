//! Captive portals' endpoints.

pub(crate) mod catalogue;
pub(crate) mod catalogue_item;
pub(crate) mod pay_conekta;
pub(crate) mod pay_mercado_pago;
pub(crate) mod payment_status;
pub(crate) mod public_config;
pub(crate) mod purchase;
mod purchase_body;
mod purchase_error;
mod purchase_view;
mod refusal;
