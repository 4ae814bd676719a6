//! Reading requests: every problem of a request is found and told at once.

pub(crate) mod deadline;
pub(crate) mod fields;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod raw;
