//! Reading the audit log.

pub mod list;
