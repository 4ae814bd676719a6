//! Notices of payment gateways, and their configuration (`/api/v1/webhook`).

pub(crate) mod conekta;
pub(crate) mod configure;
pub(crate) mod mercado_pago;
pub(crate) mod mercado_pago_of_tenant;
mod owner;
mod receive;
pub(crate) mod status;
pub(crate) mod test;
pub(crate) mod transaction;
mod urls;
