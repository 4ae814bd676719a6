//! The RouterOS API protocol without I/O: words, sentences, tags, queries, login and values, for
//! clients and servers.
//!
//! This crate knows no socket, no clock and no TLS. A driver hands it bytes and the time and asks
//! it what to send, what happened and when to come back. It knows nothing of who uses it for what.
//!
//! | to | use |
//! |---|---|
//! | cut bytes into sentences | [`decoder::Decoder`] |
//! | build a command | [`command::Command`] |
//! | build a query, run one (server) | [`query::Query`], [`query::eval`] |
//! | read a reply | [`reply::ReplyRef`], [`row::RowRef`], [`row::Row`] |
//! | log in, run many commands at once | [`connection::Connection`], [`login::Login`] |
//! | read and print typed values | [`value`] |
//! | read rows of known menus | [`menu`] |
//! | read rows as types of your own, write such (feature `serde`) | `typed` |
//! | tell errors apart | [`trap::TrapRef`] |
//! | read a command, write a reply (server) | [`request::CommandRef`], [`reply::write`] |
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

pub mod command;
pub mod connection;
pub mod decoder;
pub mod encoder;
pub mod error;
pub mod length;
pub mod limits;
pub mod login;
mod md5;
pub mod menu;
pub mod mndp;
pub mod query;
pub mod redact;
pub mod reply;
pub mod request;
pub mod row;
pub mod secret;
pub mod sentence;
pub mod text;
pub mod trap;
#[cfg(feature = "serde")]
pub mod typed;
pub mod value;
pub mod word;

/// The examples of the README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
