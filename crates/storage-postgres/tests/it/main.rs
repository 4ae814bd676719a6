//! The store on a real Postgres; each test has a database of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails, also in its helpers"
)]

mod claims;
mod constraints;
mod contract;
mod isolation;
mod migrations;
mod plans;
mod schema;
mod support;
mod tls;
mod units;
