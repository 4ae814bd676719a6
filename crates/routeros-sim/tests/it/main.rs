//! The simulator over real TCP, seen by a small raw client.

#[cfg(test)]
mod client;

mod binary;
mod control;
mod edits;
mod faults;
mod first;
mod hotspot;
mod listening;
mod port;
mod prints;
mod refusals;
mod sessions;
mod tls;
