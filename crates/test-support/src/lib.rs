//! Test databases, builders and contract suites.

pub mod builders;
pub mod postgres;
pub mod store_contract;
