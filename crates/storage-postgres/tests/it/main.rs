//! The store on a real Postgres; each test has a database of its own.

mod claims;
mod constraints;
mod contract;
mod isolation;
mod migrations;
mod plans;
mod schema;
mod support;
mod units;
