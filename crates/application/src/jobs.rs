//! Periodic jobs. The composition root calls them in loops; each run is short and can be killed
//! at any moment.

pub mod audit;
pub mod housekeeping;
pub mod key_usage;
pub mod metrics;
pub mod rotate_keys;
pub mod router_checks;
