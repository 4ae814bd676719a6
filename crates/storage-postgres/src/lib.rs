//! The store port on Postgres: schema, rows, repositories, unit of work, migrations.
//!
//! One transaction is one [`unit_of_work::PgUnitOfWork`], which implements every
//! repository itself. Each transaction names whose rows it may see, and row-level security in the
//! database holds it to that (`docs/adr/0002`). All SQL of the project lives here; this crate
//! knows no HTTP, no gateway, no router, and decides nothing about a sale.

mod connect;
mod deadline;
mod error;
pub mod migrations;
mod pool;
mod repo;
mod rows;
mod schema;
mod scope;
mod statement;
mod statements;
mod store;
mod tls;
mod unit_of_work;
mod url;

pub use connect::ConnectError;
pub use migrations::{MigrationError, migrate, pending_migrations, revert_all};
pub use pool::PoolSettings;
pub use statements::{StatementCounter, StatementCounts};
pub use store::PgStore;
pub use tls::UnusableCertificates;
pub use unit_of_work::PgUnitOfWork;
pub use url::{Authorities, DatabaseUrl, InvalidDatabaseUrl};
