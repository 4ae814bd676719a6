//! The notifier against the sandbox and against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod misbehaviour;
mod sandbox;
mod stub;

use domain::secret::Secret;
use ports::notify::NoticeTarget;

const TOKEN: &str = "123456:ABC-DEF_ghi";

fn target() -> NoticeTarget {
    NoticeTarget {
        bot_token: Secret::new(TOKEN),
        chat_id: "-100200".to_owned(),
    }
}
