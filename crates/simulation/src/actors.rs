//! Everybody who acts in a run.

pub(crate) mod customer;
pub(crate) mod external;
pub(crate) mod operator;
pub(crate) mod owner;
pub(crate) mod workers;
