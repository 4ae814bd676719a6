//! What really happened to money, in order: the truth that tests compare a server with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::Gateway;

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

/// The sandbox's books.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
}

impl Ledger {
    /// All entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = &LedgerEntry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
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
        self.entries
            .iter()
            .filter(|entry| entry.payment_id == payment_id)
            .map(signed)
            .sum()
    }

    /// Minor units taken and not given back, over everything.
    #[must_use]
    pub fn total_net_cents(&self) -> i64 {
        self.entries.iter().map(signed).sum()
    }

    pub(crate) fn record(&mut self, mut entry: LedgerEntry) {
        entry.seq = u64::try_from(self.entries.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        self.entries.push(entry);
    }
}

const fn signed(entry: &LedgerEntry) -> i64 {
    match entry.kind {
        EntryKind::Charge => entry.amount_cents,
        EntryKind::Refund | EntryKind::Chargeback => -entry.amount_cents,
        _ => 0,
    }
}
