//! Notices to be sent.

use std::time::Duration;

use domain::ids::TenantId;
use domain::notice::NoticeKind;
use domain::time::Timestamp;
use ports::store::outbox::OutboxEntry;

use crate::builders::{NOW, after};
use crate::store_contract::shop::{AnyStore, Done, buy, open_shop, platform};

const LEASE: Duration = Duration::from_secs(30);

fn entry(tenant: &TenantId, kind: NoticeKind, seconds: u64) -> OutboxEntry {
    OutboxEntry {
        id: 0,
        tenant_id: tenant.clone(),
        kind,
        purchase_id: None,
        created_at: after(seconds),
        attempts: 0,
    }
}

async fn claim(store: &AnyStore, now: Timestamp, limit: i64) -> Vec<OutboxEntry> {
    let mut unit = platform(store).await.unwrap();
    let claimed = unit.outbox().claim(now, LEASE, limit).await.unwrap();
    unit.commit().await.unwrap();
    claimed
}

/// Oldest first, and no tenant has two on the way.
pub async fn one_of_each_tenant_at_a_time(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mine = &shop.tenant.id;
    let mut unit = platform(&store).await?;
    let sale = buy(&mut unit, &shop.product, 1).await?.id();
    let first = OutboxEntry {
        purchase_id: Some(sale),
        ..entry(mine, NoticeKind::SaleApproved, 1)
    };
    let theirs = entry(&other.tenant.id, NoticeKind::NeedsDecision, 3);
    let second = entry(mine, NoticeKind::SaleRefunded, 2);
    for entry in [&second, &theirs, &first] {
        unit.outbox().push(entry).await?;
    }
    assert_eq!(unit.outbox().count().await?, 3);
    unit.commit().await?;

    assert_eq!(
        claim(&store, NOW, 10).await,
        [],
        "not due before they were written"
    );
    assert_eq!(claim(&store, after(5), 0).await, []);
    let claimed = claim(&store, after(5), 10).await;
    let with_id = |position: usize, entry: &OutboxEntry| OutboxEntry {
        id: claimed[position].id,
        ..entry.clone()
    };
    assert_eq!(claimed, [with_id(0, &first), with_id(1, &theirs)]);
    assert_eq!(
        claim(&store, after(34), 10).await,
        [],
        "both tenants are busy"
    );
    let mut unit = platform(&store).await?;
    unit.outbox().finish(claimed[0].id).await?;
    unit.commit().await?;
    let next = claim(&store, after(34), 10).await;
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].kind, NoticeKind::SaleRefunded);
    let late = claim(&store, after(35), 10).await;
    assert_eq!(late, [claimed[1].clone()], "its lease is over");
    Ok(())
}

/// A try without success counts and waits; a sent notice is gone.
pub async fn retries_and_finishes(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let notice = entry(&shop.tenant.id, NoticeKind::SaleApproved, 0);
    unit.outbox().push(&notice).await?;
    unit.commit().await?;
    let claimed = claim(&store, NOW, 10).await;
    let mut unit = platform(&store).await?;
    unit.outbox().retry(claimed[0].id, after(10)).await?;
    unit.commit().await?;
    assert_eq!(claim(&store, after(9), 10).await, []);
    let again = claim(&store, after(10), 10).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].attempts, 1);
    let mut unit = platform(&store).await?;
    unit.outbox().finish(again[0].id).await?;
    unit.outbox().finish(again[0].id).await?;
    assert_eq!(unit.outbox().count().await?, 0);
    unit.commit().await
}

/// A second worker neither waits nor takes the same tenant's next notice.
pub async fn claims_skip_what_others_claim(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    for (tenant, seconds) in [
        (&shop.tenant.id, 1),
        (&shop.tenant.id, 2),
        (&other.tenant.id, 3),
    ] {
        let notice = entry(tenant, NoticeKind::SaleApproved, seconds);
        unit.outbox().push(&notice).await?;
    }
    unit.commit().await?;
    let mut here = platform(&store).await?;
    let mut there = platform(&store).await?;
    let mine = here.outbox().claim(after(5), LEASE, 1).await?;
    assert_eq!(mine[0].tenant_id, shop.tenant.id);
    let theirs = there.outbox().claim(after(5), LEASE, 10).await?;
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0].tenant_id, other.tenant.id);
    here.commit().await?;
    there.commit().await
}
