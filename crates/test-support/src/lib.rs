//! Test databases, builders and contract suites.

pub mod builders;
pub mod store_contract;
