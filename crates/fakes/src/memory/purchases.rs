//! Purchases and their idempotency keys.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::contact::Email;
use domain::gateway::GatewayKind;
use domain::ids::{ProductId, PurchaseId, RouterId, TenantId};
use domain::purchase::{AccessState, Person, Purchase, PurchaseState, Sale};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::purchases::{
    Claim, Income, KeyKind, KeyedPurchase, OpenWork, PurchaseFilter, PurchaseKey, PurchasePage,
    PurchaseRepository, SalesTotals,
};

use crate::memory::purchase_queries::{
    add_to_open_work, add_to_totals, income_of, is_finished, matches, merge,
};
use crate::memory::rows::{PersonRow, PurchaseKeyRow, PurchaseRow, RouterRow};
use crate::memory::statement::Statement;
use crate::memory::store::MemoryUnit;
use crate::memory::tenants::count;

/// Purchases of the unit's scope that match, newest first.
fn newest_first(rows: &Statement<'_>, fits: impl Fn(&Purchase) -> bool) -> Vec<Purchase> {
    let mut found: Vec<Purchase> = rows
        .rows::<PurchaseRow>()
        .map(|(_id, row)| &row.purchase)
        .filter(|purchase| fits(purchase))
        .cloned()
        .collect();
    found.sort_by_key(|purchase| Reverse((purchase.sale().created_at, purchase.id())));
    found
}

fn newest(rows: &Statement<'_>, fits: impl Fn(&Purchase) -> bool) -> Option<Purchase> {
    newest_first(rows, fits).into_iter().next()
}

/// A limit or offset as given by a caller; a negative one counts as zero.
pub(super) fn to_size(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

/// Takes at most `limit` in all and `per_key` of each key, in order. What others hold is
/// skipped but counts for its key, as it does in Postgres, where ranking comes before locking.
pub(super) fn share_out<T, K: Ord>(
    due: Vec<T>,
    limit: i64,
    per_key: i64,
    key: impl Fn(&T) -> K,
    is_free: impl Fn(&T) -> bool,
) -> Vec<T> {
    let mut taken: BTreeMap<K, usize> = BTreeMap::new();
    due.into_iter()
        .filter(|thing| {
            let number = taken.entry(key(thing)).or_insert(0);
            *number += 1;
            *number <= to_size(per_key)
        })
        .filter(|thing| is_free(thing))
        .take(to_size(limit))
        .collect()
}

#[async_trait]
impl PurchaseRepository for MemoryUnit {
    async fn insert(
        &mut self,
        sale: &Sale,
        locked_until: Timestamp,
        token_digest: &str,
    ) -> Result<Purchase, StoreError> {
        let mut rows = self.statement("purchases.insert").await?;
        let id = PurchaseId::new(rows.next_number::<PurchaseRow>());
        let purchase = Purchase::new(id, sale.clone(), locked_until);
        let row = PurchaseRow {
            purchase: purchase.clone(),
            token_digest: token_digest.to_owned(),
        };
        rows.insert(&id, row).map(|()| purchase)
    }

    async fn claim_keys(
        &mut self,
        purchase: &Purchase,
        keys: &[PurchaseKey],
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("purchases.claim_keys").await?;
        for key in keys {
            let place = (
                purchase.sale().router_id.clone(),
                key.kind.as_str(),
                key.key.clone(),
            );
            let row = PurchaseKeyRow {
                tenant_id: purchase.sale().tenant_id.clone(),
                purchase_id: purchase.id(),
                fingerprint: fingerprint.to_owned(),
            };
            rows.insert(&place, row)?;
        }
        Ok(())
    }

    async fn find_by_key(
        &mut self,
        router: &RouterId,
        key: &PurchaseKey,
    ) -> Result<Option<KeyedPurchase>, StoreError> {
        let rows = self.statement("purchases.find_by_key").await?;
        let place = (router.clone(), key.kind.as_str(), key.key.clone());
        let claimed = rows.get::<PurchaseKeyRow>(&place);
        Ok(claimed.and_then(|claimed| {
            rows.get::<PurchaseRow>(&claimed.purchase_id)
                .map(|row| KeyedPurchase {
                    purchase: row.purchase.clone(),
                    fingerprint: claimed.fingerprint.clone(),
                })
        }))
    }

    async fn release_keys(
        &mut self,
        id: PurchaseId,
        only: Option<KeyKind>,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("purchases.release_keys").await?;
        rows.remove_where(|(_router, kind, _key), row: &PurchaseKeyRow| {
            row.purchase_id == id && only.is_none_or(|only| only.as_str() == *kind)
        })?;
        Ok(())
    }

    async fn taken_names(
        &mut self,
        router: &RouterId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        let rows = self.statement("purchases.taken_names").await?;
        let is_taken = |name: &&String| {
            rows.rows::<PurchaseRow>().any(|(_id, row)| {
                row.purchase.sale().router_id == *router
                    && row.purchase.access().name.as_str() == **name
            })
        };
        Ok(names.iter().filter(is_taken).cloned().collect())
    }

    async fn find(&mut self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find").await?;
        Ok(rows.get::<PurchaseRow>(&id).map(|row| row.purchase.clone()))
    }

    async fn find_by_token(
        &mut self,
        router: &RouterId,
        token_digest: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find_by_token").await?;
        Ok(rows
            .rows::<PurchaseRow>()
            .map(|(_id, row)| row)
            .find(|row| {
                row.token_digest == token_digest && row.purchase.sale().router_id == *router
            })
            .map(|row| row.purchase.clone()))
    }

    async fn find_by_reference(
        &mut self,
        gateway: GatewayKind,
        reference: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find_by_reference").await?;
        Ok(newest(&rows, |purchase| {
            purchase.sale().gateway == gateway && purchase.sale().reference == reference
        }))
    }

    async fn find_by_gateway_id(
        &mut self,
        gateway: GatewayKind,
        order_or_payment: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find_by_gateway_id").await?;
        Ok(newest(&rows, |purchase| {
            purchase.sale().gateway == gateway
                && [&purchase.payment().order_id, &purchase.payment().payment_id]
                    .iter()
                    .any(|id| id.as_deref() == Some(order_or_payment))
        }))
    }

    async fn find_by_hotspot_name(
        &mut self,
        router: &RouterId,
        name: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find_by_hotspot_name").await?;
        Ok(newest(&rows, |purchase| {
            purchase.sale().router_id == *router && purchase.access().name.as_str() == name
        }))
    }

    async fn save(&mut self, purchase: &mut Purchase) -> Result<bool, StoreError> {
        let mut rows = self.statement("purchases.save").await?;
        let is_saved = rows.update(&purchase.id(), |row: &mut PurchaseRow| {
            if row.purchase.work().revision != purchase.work().revision {
                return false;
            }
            row.purchase = merge(&row.purchase, purchase);
            true
        })?;
        if is_saved {
            purchase.saved_as(purchase.work().revision + 1);
        }
        Ok(is_saved)
    }

    async fn claim_due(&mut self, claim: &Claim) -> Result<Vec<Purchase>, StoreError> {
        let mut rows = self.statement("purchases.claim_due").await?;
        let is_due = |purchase: &Purchase| {
            (purchase.work().parked.is_none()
                || purchase.access().state == AccessState::RemovalQueued)
                && !claim.skip.contains(&purchase.sale().tenant_id)
                && purchase.work().next_run.is_some_and(|at| at <= claim.now)
                && purchase
                    .work()
                    .locked_until
                    .is_none_or(|until| until <= claim.now)
        };
        let mut due: Vec<Purchase> = rows
            .rows::<PurchaseRow>()
            .map(|(_id, row)| &row.purchase)
            .filter(|purchase| is_due(purchase))
            .cloned()
            .collect();
        due.sort_by_key(|purchase| (purchase.work().next_run, purchase.id()));
        let mut claimed = share_out(
            due,
            claim.limit,
            claim.per_tenant,
            |purchase| purchase.sale().tenant_id.clone(),
            |purchase| rows.is_free::<PurchaseRow>(&purchase.id()),
        );
        for purchase in &mut claimed {
            purchase.take_lease(claim.now.plus(claim.lease));
            purchase.saved_as(purchase.work().revision + 1);
            rows.update(&purchase.id(), |row: &mut PurchaseRow| {
                row.purchase = purchase.clone();
                true
            })?;
        }
        Ok(claimed)
    }

    /// Of two units that take the same lock, the one that commits first wins: the other's commit
    /// fails, where Postgres would have let it wait.
    async fn lock_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let mut rows = self.statement("purchases.lock_person").await?;
        let email = Some(&person.customer_digest).filter(|digest| !digest.is_empty());
        let mac = person.mac.map(|mac| mac.to_string());
        for part in email.into_iter().chain(&mac) {
            rows.note(&(person.router_id.clone(), part.clone()), Some(PersonRow));
        }
        Ok(())
    }

    async fn find_open_of(
        &mut self,
        person: &Person,
        product: ProductId,
    ) -> Result<Option<Purchase>, StoreError> {
        let rows = self.statement("purchases.find_open_of").await?;
        let open = newest_first(&rows, |purchase| {
            purchase.sale().is_to(person)
                && purchase.sale().product_id == product
                && purchase.state().is_open()
        });
        Ok(open.into_iter().next_back())
    }

    async fn list_bought_since(
        &mut self,
        purchase: &Purchase,
    ) -> Result<Vec<Purchase>, StoreError> {
        let rows = self.statement("purchases.list_bought_since").await?;
        let (person, since) = (purchase.sale().person(), purchase.sale().created_at);
        Ok(newest_first(&rows, |other| {
            let is_later = match other.state() {
                PurchaseState::Paid => other.payment().paid_at.is_some_and(|at| at >= since),
                state => state.is_open() && other.sale().created_at >= since,
            };
            other.id() != purchase.id() && other.sale().is_to(&person) && is_later
        }))
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        filter: &PurchaseFilter,
        limit: i64,
        offset: i64,
    ) -> Result<PurchasePage, StoreError> {
        let rows = self.statement("purchases.list").await?;
        let found = newest_first(&rows, |purchase| {
            purchase.sale().tenant_id == *tenant && matches(purchase, filter)
        });
        Ok(PurchasePage {
            total: count(found.iter()),
            purchases: found
                .into_iter()
                .skip(to_size(offset))
                .take(to_size(limit))
                .collect(),
        })
    }

    async fn list_by_state(
        &mut self,
        states: &[PurchaseState],
        tenant: Option<&TenantId>,
        limit: i64,
    ) -> Result<Vec<Purchase>, StoreError> {
        let rows = self.statement("purchases.list_by_state").await?;
        let mut found = newest_first(&rows, |purchase| {
            let is_wanted = if states.is_empty() {
                purchase.work().parked.is_some()
            } else {
                states.contains(&purchase.state())
            };
            is_wanted && tenant.is_none_or(|tenant| purchase.sale().tenant_id == *tenant)
        });
        found.truncate(to_size(limit));
        Ok(found)
    }

    async fn totals(&mut self, tenant: &TenantId) -> Result<SalesTotals, StoreError> {
        let rows = self.statement("purchases.totals").await?;
        let mut totals = SalesTotals {
            routers: count(
                rows.rows::<RouterRow>()
                    .filter(|(_id, row)| row.router.tenant_id == *tenant),
            ),
            ..SalesTotals::default()
        };
        rows.rows::<PurchaseRow>()
            .filter(|(_id, row)| row.purchase.sale().tenant_id == *tenant)
            .for_each(|(_id, row)| add_to_totals(&mut totals, &row.purchase));
        Ok(totals)
    }

    async fn income(&mut self, tenant: &TenantId) -> Result<Vec<Income>, StoreError> {
        let rows = self.statement("purchases.income").await?;
        let purchases = rows
            .rows::<PurchaseRow>()
            .map(|(_id, row)| &row.purchase)
            .filter(|purchase| purchase.sale().tenant_id == *tenant);
        Ok(income_of(purchases))
    }

    async fn open_work(&mut self) -> Result<OpenWork, StoreError> {
        let rows = self.statement("purchases.open_work").await?;
        let mut work = OpenWork::default();
        rows.rows::<PurchaseRow>()
            .for_each(|(_id, row)| add_to_open_work(&mut work, &row.purchase));
        Ok(work)
    }

    async fn list_paid_between(
        &mut self,
        tenant: &TenantId,
        gateway: GatewayKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Purchase>, StoreError> {
        let rows = self.statement("purchases.list_paid_between").await?;
        let mut paid = newest_first(&rows, |purchase| {
            purchase.sale().tenant_id == *tenant
                && purchase.sale().gateway == gateway
                && purchase.state() == PurchaseState::Paid
                && purchase
                    .payment()
                    .paid_at
                    .is_some_and(|at| from <= at && at < to)
        });
        paid.sort_by_key(|purchase| (purchase.payment().paid_at, purchase.id()));
        Ok(paid)
    }

    async fn blank_customers(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        let mut rows = self.statement("purchases.blank_customers").await?;
        let mut left = to_size(limit);
        rows.update_where(|row: &mut PurchaseRow| {
            let purchase = &mut row.purchase;
            let mut stored = purchase.clone().into_stored();
            let customer = &mut stored.sale.customer;
            let is_blank = customer.name.is_empty()
                && customer.email.as_str().is_empty()
                && customer.phone.is_none();
            customer.name.clear();
            customer.email = Email::from_stored("");
            customer.phone = None;
            let is_to_blank = left > 0
                && !is_blank
                && purchase.sale().created_at < before
                && is_finished(purchase);
            left = left.saturating_sub(usize::from(is_to_blank));
            *purchase = Purchase::from_stored(stored);
            is_to_blank
        })
    }

    async fn purge_keys(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        let mut rows = self.statement("purchases.purge_keys").await?;
        let mut old: Vec<_> = rows
            .rows::<PurchaseKeyRow>()
            .filter_map(|(key, row)| {
                let purchase = rows.get::<PurchaseRow>(&row.purchase_id)?;
                Some((purchase.purchase.sale().created_at, key.clone()))
            })
            .filter(|(created_at, _key)| *created_at < before)
            .collect();
        old.sort_by_key(|(created_at, _key)| *created_at);
        old.truncate(to_size(limit));
        rows.remove_where(|key, _row: &PurchaseKeyRow| old.iter().any(|(_at, gone)| gone == key))
    }
}
