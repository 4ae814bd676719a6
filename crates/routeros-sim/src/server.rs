//! The port: accepting connections, turning them away, losing power.

pub(crate) mod accept;
pub(crate) mod port;
pub(crate) mod tls;
