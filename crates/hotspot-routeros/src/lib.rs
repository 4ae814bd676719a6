//! The hotspot port on RouterOS routers.
//!
//! | file | is |
//! |---|---|
//! | `gateway` | [`gateway::RouterOsHotspot`], the adapter |
//! | `step` | one bounded piece of work on a router, over the pool |
//! | `commands`, `rows` | what is sent, and how answers are read |
//! | `reserve`, `activate`, `remove` | the life of a hotspot user |
//! | `connect`, `reconnect` | logging devices in |
//! | `admin` | looking after a router: faults, walled garden, one customer's case |
//! | `networks` | which addresses may be dialled |
//!
//! It knows no purchase, no HTTP and no database. Texts from portals only ever become the value of
//! an attribute or of a `?=name=` query, which RouterOS cannot take for anything else. No command
//! is sent whose answer grows with the number of users.
#![forbid(unsafe_code)]

mod access;
mod activate;
mod admin;
mod commands;
pub mod config;
mod connect;
mod failure;
pub mod gateway;
mod memory;
pub mod networks;
mod own_address;
mod ownership;
mod password;
mod probe;
mod profile_info;
mod profiles;
mod reconnect;
mod remove;
mod reserve;
mod rows;
mod sessions;
mod step;
