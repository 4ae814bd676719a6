//! Everything that is put on a router to make it sell: the set-up script, the pages of its hotspot
//! and its walled garden, made from typed inputs.
//!
//! | file | is |
//! |---|---|
//! | `quote` | texts inside of RouterOS scripts: nothing that anybody typed leaves its quotes |
//! | `setup` | the set-up script, whole or in parts |
//! | `garden` | what a device may reach before it has paid |
//! | `pages`, `zip` | the hotspot's pages, and the archive that they are uploaded from |
//! | `portal` | the addresses of the portal's pages |
//! | `advisory` | versions of RouterOS that are known to be bad |
//!
//! It is pure: no I/O, no clock, no randomness, and it knows neither HTTP nor a database. Its tests
//! parse every script with a parser of their own, and run them on a simulated router.
#![forbid(unsafe_code)]

pub mod advisory;
pub mod garden;
pub mod pages;
pub mod portal;
pub mod quote;
pub mod setup;
mod zip;
