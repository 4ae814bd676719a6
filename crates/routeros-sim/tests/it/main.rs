//! The simulator over real TCP, seen by a small raw client.

mod client;
mod first;
