//! Notifications to operators over Telegram's Bot API (`sendMessage`,
//! <https://core.telegram.org/bots/api#sendmessage>).
//!
//! An adapter of the port `ports::notify`: it renders what is to be told in Spanish and delivers
//! it. The bot's token is part of every address, so addresses never reach an error or a log.

mod address;
mod channel;
mod client;
mod message;
mod response;

pub use channel::{DEFAULT_BASE, TelegramChannel};
pub use client::TelegramConfigError;
