//! Types and rules of selling WiFi access.
//!
//! Everything here is synchronous and total. This crate knows no I/O, no clock, no source of
//! randomness and no wire format: times, random bytes and parsed values are handed in, and the
//! outer layers translate to JSON, SQL and the gateways' dialects.

pub mod api_key;
pub mod audit;
pub mod contact;
pub mod credentials;
pub mod garden;
pub mod gateway;
pub mod ids;
pub mod money;
pub mod network;
pub mod notification;
pub mod payment_method;
pub mod product;
pub mod purchase;
pub mod refund;
pub mod router;
pub mod secret;
pub mod tenant;
pub mod text;
pub mod time;
pub mod user;
