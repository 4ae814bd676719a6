//! Notices to operators over Telegram.
