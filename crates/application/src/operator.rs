//! What an operator does for its own company.

pub mod company;
pub mod customer_diagnosis;
pub mod diagnosis;
pub mod gateway_settings;
pub mod logo;
pub mod products;
pub mod router_kit;
pub mod routers;
pub mod sales;
pub mod walled_garden;
