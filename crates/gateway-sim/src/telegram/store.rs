//! Messages received.

use serde::Serialize;

/// A message that a bot was asked to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramMessage {
    /// Number of the message, from 1.
    pub message_id: i64,
    /// Mark of the bot token.
    pub bot: String,
    /// To whom.
    pub chat_id: String,
    /// The text as sent, with its mark-up.
    pub text: String,
    /// `HTML`, `Markdown`, `MarkdownV2` or none.
    pub parse_mode: Option<String>,
}

/// All of them, oldest first.
#[derive(Debug, Default)]
pub(crate) struct TelegramStore {
    pub(crate) messages: Vec<TelegramMessage>,
}
