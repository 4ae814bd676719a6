//! What an operator does for its own company.

pub mod company;
pub mod gateway_settings;
pub mod logo;
pub mod products;
pub mod routers;
pub mod sales;
