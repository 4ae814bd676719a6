//! A world around the server: a database, a router, the gateways, and somebody who buys.

pub(crate) mod answer;
pub(crate) mod books;
pub(crate) mod customer;
pub(crate) mod dice;
pub(crate) mod log;
pub(crate) mod sale;
pub(crate) mod server;
pub(crate) mod shop;
pub(crate) mod wait;
pub(crate) mod wish;
pub(crate) mod world;
