//! Operators' endpoints (`/api/v1/admin`).

pub(crate) mod company;
mod company_error;
pub(crate) mod conekta;
pub(crate) mod configure_conekta;
pub(crate) mod configure_conekta_legacy;
pub(crate) mod configure_credentials;
pub(crate) mod configure_mercado_pago;
pub(crate) mod create_product;
pub(crate) mod dashboard;
pub(crate) mod delete_product;
pub(crate) mod find_product;
mod gateway_error;
pub(crate) mod list_products;
pub(crate) mod list_routers;
pub(crate) mod mercado_pago;
mod product_error;
mod product_view;
pub(crate) mod profiles;
mod router_path;
mod router_text;
pub(crate) mod test_connection;
pub(crate) mod transactions;
pub(crate) mod update_company;
pub(crate) mod update_product;
pub(crate) mod update_router;
