//! Typed values: what the router prints and what it accepts.
//!
//! Every type has `parse(&[u8])` for all spellings seen and a `Display` that prints the one
//! spelling every router accepts.

mod boolean;
mod date;
mod duration;
mod error;
mod from_value;
mod id;
mod mac;
mod number;
mod rate_limit;
mod version;

pub use boolean::{boolean, parse_boolean};
pub use date::{Date, DateTime};
pub use duration::{RouterDuration, Timeout};
pub use error::ValueError;
pub use from_value::FromValue;
pub use id::Id;
pub use mac::MacAddress;
pub use number::{parse_counter, parse_rate, parse_size};
pub use rate_limit::{Pair, RateLimit};
pub use version::{Stage, Version};
