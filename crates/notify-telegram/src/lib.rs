//! Notices to operators over Telegram's Bot API (`sendMessage`,
//! <https://core.telegram.org/bots/api#sendmessage>).
//!
//! An adapter of the port `ports::notify`. The bot's token is part of every address, so addresses
//! never reach an error or a log. This crate knows no texts: what is said is the caller's.

mod address;
mod answer;
mod client;
mod notifier;

pub use client::TelegramConfigError;
pub use notifier::{DEFAULT_BASE, TelegramNotifier};
