//! What happened to money, in order: the truth that tests compare a server with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::gateway::Gateway;
use crate::core::retained::Retained;

/// What an entry did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Money was taken from the customer.
    Charge,
    /// Money was reserved, not taken.
    Authorization,
    /// Money went back, wholly or in part, by a refund.
    Refund,
    /// Money went back because the bank took it.
    Chargeback,
    /// A charge was refused; no money moved.
    Decline,
    /// A charge waits for the customer, the bank or a review; no money moved yet.
    Pending,
    /// A pending or reserved charge was given up; no money moved.
    Cancel,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// Number of the entry, from 1.
    pub seq: u64,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// What happened.
    pub kind: EntryKind,
    /// At which service.
    pub gateway: Gateway,
    /// Mark of the merchant account (hash and last four characters of its key).
    pub account: String,
    /// Conekta's charge id or Mercado Pago's payment id.
    pub payment_id: String,
    /// Conekta's order id.
    pub order_id: Option<String>,
    /// Amount moved (or refused, reserved) in minor units; always positive.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The caller's reference: Conekta `reference_id`, Mercado Pago `external_reference`.
    pub reference: Option<String>,
    /// Mark of the card token (a `tok_test_` token in full: it is no secret).
    pub token: Option<String>,
    /// The metadata that the caller sent with the order or the payment.
    pub metadata: Value,
}

/// Newest entries that are kept whole.
const KEPT_ENTRIES: usize = 50_000;

/// The sandbox's ledger. It keeps the newest entries (some ten thousands); older ones live on in the
/// total only.
#[derive(Debug, Clone)]
pub struct Ledger {
    entries: Retained<LedgerEntry>,
    dropped_net_cents: i64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::keeping(KEPT_ENTRIES)
    }
}

impl Ledger {
    fn keeping(count: usize) -> Self {
        Self {
            entries: Retained::new(count),
            dropped_net_cents: 0,
        }
    }

    /// The entries that are kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[LedgerEntry] {
        self.entries.items()
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = &LedgerEntry> {
        self.entries()
            .iter()
            .filter(move |entry| entry.kind == kind)
    }

    /// Every charge that took money.
    #[must_use]
    pub fn charges(&self) -> Vec<&LedgerEntry> {
        self.of_kind(EntryKind::Charge).collect()
    }

    /// Every charge that took money under this reference.
    #[must_use]
    pub fn charges_for(&self, reference: &str) -> Vec<&LedgerEntry> {
        self.of_kind(EntryKind::Charge)
            .filter(|entry| entry.reference.as_deref() == Some(reference))
            .collect()
    }

    /// Every refund.
    #[must_use]
    pub fn refunds(&self) -> Vec<&LedgerEntry> {
        self.of_kind(EntryKind::Refund).collect()
    }

    /// Minor units taken and not given back, for one payment id.
    #[must_use]
    pub fn net_cents(&self, payment_id: &str) -> i64 {
        self.entries()
            .iter()
            .filter(|entry| entry.payment_id == payment_id)
            .map(signed)
            .sum()
    }

    /// Minor units taken and not given back, over everything.
    #[must_use]
    pub fn total_net_cents(&self) -> i64 {
        let kept: i64 = self.entries().iter().map(signed).sum();
        self.dropped_net_cents + kept
    }

    pub(crate) fn record(&mut self, mut entry: LedgerEntry) {
        entry.seq = self.entries.next_number();
        let dropped = self.entries.push(entry);
        self.dropped_net_cents += dropped.iter().map(signed).sum::<i64>();
    }
}

const fn signed(entry: &LedgerEntry) -> i64 {
    match entry.kind {
        EntryKind::Charge => entry.amount_cents,
        EntryKind::Refund | EntryKind::Chargeback => -entry.amount_cents,
        _ => 0,
    }
}

/// One payment as the control side shows it, alike for both gateways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// Where it is.
    pub gateway: Gateway,
    /// Conekta's charge id or Mercado Pago's payment id.
    pub id: String,
    /// Conekta's order id.
    pub order_id: Option<String>,
    /// The service's status word.
    pub status: String,
    /// The service's detail or failure code.
    pub detail: Option<String>,
    /// Minor units.
    pub amount_cents: i64,
    /// Minor units given back.
    pub refunded_cents: i64,
    /// The caller's reference.
    pub reference: Option<String>,
    /// The caller's metadata.
    pub metadata: Value,
}

/// What the customer, the bank or the merchant decides about a payment outside of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// A pending (or expired) payment is paid after all; a reserved one is captured.
    Approve,
    /// A pending payment is refused.
    Reject {
        /// Conekta's code after `conekta.errors.`, or Mercado Pago's `status_detail`.
        code: Option<String>,
    },
    /// A pending payment runs out of time.
    Expire,
    /// The bank takes the money of a paid one back.
    Chargeback,
    /// The merchant gives money back in the panel.
    Refund {
        /// Minor units; all that is left when absent.
        amount_cents: Option<i64>,
    },
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn totals_and_numbers_outlive_the_entries() {
        let mut ledger = Ledger::keeping(10);
        for number in 0..1_000 {
            ledger.record(LedgerEntry {
                seq: 0,
                at_ms: 0,
                kind: if number % 4 == 3 {
                    EntryKind::Refund
                } else {
                    EntryKind::Charge
                },
                gateway: Gateway::Conekta,
                account: String::new(),
                payment_id: number.to_string(),
                order_id: None,
                amount_cents: 100,
                currency: "MXN".to_owned(),
                reference: None,
                token: None,
                metadata: Value::Null,
            });
        }
        assert!(ledger.entries().len() < 15);
        assert_eq!(ledger.entries().last().unwrap().seq, 1_000);
        assert_eq!(ledger.total_net_cents(), 750 * 100 - 250 * 100);
        assert_eq!(ledger.net_cents("999"), -100);
    }
}
