//! The store port on Postgres: schema, rows, repositories, unit of work, migrations.
