//! Bytes waiting to be transmitted.

use alloc::vec::Vec;

use crate::secret::{grow, wipe};

/// Capacity that an idle buffer keeps.
const KEPT_CAPACITY: usize = 16 << 10;

/// A queue of bytes. What held a password is wiped once it is sent, and when the connection goes.
#[derive(Default)]
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    secret: bool,
}

impl Outgoing {
    /// What is left to send.
    pub(super) fn pending(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// The buffer to append `more` bytes to.
    pub(super) fn writer(&mut self, more: usize, secret: bool) -> &mut Vec<u8> {
        if self.secret {
            grow(&mut self.bytes, more);
        }
        self.secret |= secret;
        if self.secret {
            grow(&mut self.bytes, more);
        }
        &mut self.bytes
    }

    /// Marks bytes as sent; more than were pending counts as all.
    pub(super) fn advance(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.bytes.len());
        if self.sent == self.bytes.len() {
            self.clear();
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        if self.secret {
            wipe(&mut self.bytes);
        }
        self.secret = false;
        self.sent = 0;
        self.bytes.clear();
        if self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.clear();
    }
}
