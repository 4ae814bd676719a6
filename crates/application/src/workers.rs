//! What runs beside the requests, in every replica. The composition root calls these turns in
//! loops; each turn is short, claims its work by lease, and can be killed at any moment.

pub mod audit;
pub mod breaker;
pub mod housekeeping;
pub mod in_hand;
pub mod inbox;
pub mod key_usage;
pub mod metrics;
mod notice_text;
pub mod outbox;
pub mod purchases;
pub mod rotate_keys;
