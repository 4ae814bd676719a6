//! Events that the gateways would tell a merchant about.

use serde::Serialize;
use serde_json::Value;

use crate::gateway::Gateway;

/// One event, kept until it is sent and after.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// Number of the event in the sandbox, from 1.
    pub seq: u64,
    /// The event's own id, as in its body.
    pub id: String,
    /// Who tells.
    pub gateway: Gateway,
    /// Mark of the merchant account.
    pub account: String,
    /// Conekta's type (`order.paid`), Mercado Pago's action (`payment.updated`).
    pub event: String,
    /// Conekta's order id, Mercado Pago's payment id.
    pub subject: String,
    /// The body that is sent.
    pub body: Value,
    /// Where the payment itself asked it to be sent (Mercado Pago's `notification_url`).
    pub notification_url: Option<String>,
    /// How many times it was sent.
    pub sent: u32,
}

/// All events, oldest first.
#[derive(Debug, Default)]
pub(crate) struct NoticeBook {
    notices: Vec<Notice>,
}

impl NoticeBook {
    pub(crate) fn push(&mut self, mut notice: Notice) {
        notice.seq = u64::try_from(self.notices.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        self.notices.push(notice);
    }

    pub(crate) fn all(&self) -> &[Notice] {
        &self.notices
    }

    pub(crate) fn note_sent(&mut self, seq: u64) {
        if let Some(notice) = self
            .notices
            .iter_mut()
            .rev()
            .find(|notice| notice.seq == seq)
        {
            notice.sent = notice.sent.saturating_add(1);
        }
    }
}
