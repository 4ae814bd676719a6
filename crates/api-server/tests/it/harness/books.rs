//! What must be so, whatever happened: read from the gateways' ledger, the router's users and the
//! database, never from what the server says.

use std::collections::{BTreeMap, BTreeSet};

use gateway_sim::{EntryKind, LedgerEntry};
use tokio_postgres::Row;

use crate::harness::wait::until;
use crate::harness::world::World;

/// A sale as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Sale {
    pub(crate) id: i64,
    pub(crate) state: String,
    pub(crate) access: String,
    pub(crate) reference: String,
    pub(crate) email: String,
    pub(crate) user: String,
    pub(crate) user_id: Option<String>,
    pub(crate) charged: i64,
    pub(crate) returned: i64,
    pub(crate) parked: bool,
}

const SALES: &str = "SELECT id, estado::text, estado_hotspot::text, external_reference::text, \
    coalesce(cliente_email, '')::text, usuario_hotspot::text, hotspot_id::text, \
    (coalesce(monto_cobrado, 0) * 100)::bigint, (monto_reembolsado * 100)::bigint, \
    motivo_revision IS NOT NULL FROM transacciones ORDER BY id";

/// Sales that a request or a worker still has something to do with.
const UNFINISHED: &str = "SELECT count(*) FROM transacciones WHERE estado IN \
    ('created', 'charging', 'verifying', 'pending', 'mismatch', 'refunding') \
    OR estado_hotspot = 'pending_removal' OR (estado = 'paid' AND estado_hotspot = 'pending') \
    OR EXISTS (SELECT 1 FROM reembolsos WHERE compra_id = transacciones.id AND estado = 'sending')";
const UNREAD: &str = "SELECT count(*) FROM bandeja_webhooks WHERE procesado_en IS NULL";

impl Sale {
    fn of(row: &Row) -> Self {
        Self {
            id: row.get(0),
            state: row.get(1),
            access: row.get(2),
            reference: row.get(3),
            email: row.get(4),
            user: row.get(5),
            user_id: row.get(6),
            charged: row.get(7),
            returned: row.get(8),
            parked: row.get(9),
        }
    }
}

impl World {
    /// Every sale, oldest first.
    pub(crate) async fn sales(&self) -> Vec<Sale> {
        let rows = self.sql.query(SALES, &[]).await.unwrap();
        rows.iter().map(Sale::of).collect()
    }

    /// The newest sale to this e-mail address.
    pub(crate) async fn sale_to(&self, email: &str) -> Option<Sale> {
        let sales = self.sales().await;
        sales.into_iter().rev().find(|sale| sale.email == email)
    }

    /// How many rows a query counts.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        self.sql.query_one(query, &[]).await.unwrap().get(0)
    }

    /// Waits until nobody has anything left to do.
    pub(crate) async fn at_rest(&self) {
        until("every sale to come to rest", async || {
            let open = self.count(UNFINISHED).await + self.count(UNREAD).await;
            (open == 0).then_some(())
        })
        .await;
    }

    /// At any moment: whoever is enabled on the router has paid, and that is committed.
    pub(crate) async fn expect_only_paid_access(&self) {
        // First the router: what it shows must have been committed before.
        let enabled = self.enabled_users();
        let sales = self.sales().await;
        let paid = |sale: &&Sale| {
            matches!(
                sale.state.as_str(),
                "paid" | "refunding" | "refunded" | "charged_back"
            )
        };
        let paid: BTreeSet<_> = sales.iter().filter(paid).map(|sale| &sale.user).collect();
        for user in enabled {
            assert!(paid.contains(&user), "{user} is enabled and not paid");
        }
    }

    fn enabled_users(&self) -> Vec<String> {
        let users = self.router.users();
        let enabled = users
            .iter()
            .filter(|user| user.get("disabled") != Some("true"));
        enabled.map(|user| user.name().to_owned()).collect()
    }

    /// At rest: everything that was promised.
    pub(crate) async fn expect_all_is_well(&self) {
        let sales = self.sales().await;
        let problems = self.problems(&sales);
        assert!(
            problems.is_empty(),
            "{}\nsales: {sales:#?}\nledger: {:#?}\nusers: {:?}",
            problems.join("\n"),
            self.gateways.ledger().entries(),
            self.router.users()
        );
    }

    pub(crate) fn problems(&self, sales: &[Sale]) -> Vec<String> {
        let mut problems = Vec::new();
        let ledger = self.gateways.ledger();
        let mut by_reference: BTreeMap<&str, Vec<&LedgerEntry>> = BTreeMap::new();
        for entry in ledger.entries() {
            let reference = entry.reference.as_deref().unwrap_or("none");
            by_reference.entry(reference).or_default().push(entry);
        }
        let mut users: BTreeMap<String, _> = self
            .router
            .users()
            .into_iter()
            .map(|user| (user.name().to_owned(), user))
            .collect();
        let mut charged_for: BTreeMap<&str, u32> = BTreeMap::new();
        for sale in sales {
            let mut wrong = |what: &str| problems.push(format!("sale {}: {what}", sale.id));
            let moved = by_reference
                .remove(sale.reference.as_str())
                .unwrap_or_default();
            let sum = |kinds: &[EntryKind]| -> i64 {
                let of_kind = moved.iter().filter(|entry| kinds.contains(&entry.kind));
                of_kind.map(|entry| entry.amount_cents).sum()
            };
            let charges = moved.iter().filter(|entry| entry.kind == EntryKind::Charge);
            let charges = charges.count();
            let taken = sum(&[EntryKind::Charge]);
            let returned = sum(&[EntryKind::Refund, EntryKind::Chargeback]);
            if charges > 1 {
                wrong("charged more than once");
            }
            if returned > taken {
                wrong("more money back than was taken");
            }
            let user = users.remove(&sale.user);
            let has_access = user.as_ref().is_some_and(|user| {
                user.get("disabled") != Some("true") && Some(user.id()) == sale.user_id.as_deref()
            });
            let keeps_money = taken > returned;
            if keeps_money != has_access {
                wrong("the money kept and the access given do not go together");
            }
            if user.is_some() && !has_access {
                wrong("a user without access is left on the router");
            }
            let (is_paid, is_returned) = (
                sale.state == "paid",
                matches!(sale.state.as_str(), "refunded" | "charged_back"),
            );
            if keeps_money != is_paid || (taken > 0 && !keeps_money) != is_returned {
                wrong("the database and the ledger do not agree about the money");
            }
            if taken > 0 {
                *charged_for.entry(sale.email.as_str()).or_default() += 1;
                // What the bank took back is told by the state alone.
                let refunded = sum(&[EntryKind::Refund]);
                if sale.charged != taken || sale.returned != refunded {
                    wrong("other amounts than in the ledger");
                }
            }
            if (sale.access == "active") != has_access {
                wrong("the database and the router do not agree about the access");
            }
            if sale.parked {
                wrong("parked");
            }
        }
        for (email, times) in charged_for {
            if times > 1 {
                problems.push(format!("{email} was charged {times} times for one wish"));
            }
        }
        for (reference, entries) in by_reference {
            if entries.iter().any(|entry| entry.kind == EntryKind::Charge) {
                problems.push(format!("a charge of no sale: {reference}"));
            }
        }
        for name in users.keys() {
            problems.push(format!("a user of no sale: {name}"));
        }
        problems
    }
}
