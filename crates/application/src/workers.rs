//! What runs beside the requests, in every replica. The composition root calls these turns in
//! loops; each turn is short, claims its work by lease, and can be killed at any moment.

pub mod breaker;
pub mod purchases;
