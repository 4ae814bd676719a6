//! Operators' endpoints (`/api/v1/admin`).

pub(crate) mod company;
pub(crate) mod customer_diagnosis;
pub(crate) mod dashboard;
pub(crate) mod gateways;
pub(crate) mod logo;
pub(crate) mod notifications;
pub(crate) mod products;
pub(crate) mod refunds;
pub(crate) mod router_checks;
pub(crate) mod router_kit;
pub(crate) mod routers;
pub(crate) mod sale;
pub(crate) mod sales;
mod sales_csv;
