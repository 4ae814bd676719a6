//! What a command answers.

use routeros_proto::reply::ReplyKind;

use crate::command::watch::Watch;
use crate::replies::Replies;
use crate::router::Router;

/// Sentences, and perhaps more of them later.
#[derive(Debug)]
pub(crate) struct Reaction {
    /// Sentences to send now.
    pub(crate) replies: Replies,
    /// What goes on after them; the command is not over then.
    pub(crate) watch: Option<Watch>,
}

impl From<Replies> for Reaction {
    fn from(replies: Replies) -> Self {
        Self {
            replies,
            watch: None,
        }
    }
}

/// The end of a print: `!empty` first where the version sends it.
pub(super) fn end_of_rows(router: &Router, rows: usize, tag: &[u8], replies: &mut Replies) {
    if rows == 0 && router.version.sends_empty() {
        replies.bare(ReplyKind::Empty, tag);
    }
    replies.done(tag);
}
