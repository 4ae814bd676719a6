//! An operator's own company.

pub mod configure_gateway;
pub mod dashboard;
pub mod find;
pub mod learn_collector;
pub mod logo;
pub mod test_telegram;
pub mod transactions;
pub mod update_profile;
