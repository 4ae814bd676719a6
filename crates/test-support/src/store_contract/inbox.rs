//! Gateway events.

use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::time::Timestamp;
use ports::store::inbox::InboxEntry;
use ports::store::purchases::Claim;

use crate::builders::{NOW, after, sealed};
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};

const LEASE: Duration = Duration::from_secs(30);

fn entry(tenant: &TenantId, event: &str, seconds: u64) -> InboxEntry {
    InboxEntry {
        id: 0,
        gateway: GatewayKind::Conekta,
        tenant_id: tenant.clone(),
        event_id: event.to_owned(),
        topic: "order.paid".to_owned(),
        order_id: Some("ord_1".to_owned()),
        payment_id: None,
        reference: Some("reference-1".to_owned()),
        is_verified: true,
        body_hash: format!("hash-{event}"),
        body: Some(sealed(&format!("body-{event}"))),
        received_at: after(seconds),
        attempts: 0,
    }
}

async fn push(store: &AnyStore, entry: &InboxEntry) -> bool {
    let mut unit = platform(store).await.unwrap();
    let is_new = unit.inbox().push(entry).await.unwrap();
    unit.commit().await.unwrap();
    is_new
}

fn asking(now: Timestamp, limit: i64, per_tenant: i64) -> Claim {
    Claim {
        now,
        lease: LEASE,
        limit,
        per_tenant,
        skip: Vec::new(),
    }
}

async fn claim(store: &AnyStore, now: Timestamp, limit: i64, per_tenant: i64) -> Vec<InboxEntry> {
    let mut unit = platform(store).await.unwrap();
    let claim = asking(now, limit, per_tenant);
    let claimed = unit.inbox().claim(&claim).await;
    let claimed = claimed.unwrap();
    unit.commit().await.unwrap();
    claimed
}

fn events(entries: &[InboxEntry]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry.event_id.as_str())
        .collect()
}

/// Due at once, with everything that was stored.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let stored = InboxEntry {
        gateway: GatewayKind::MercadoPago,
        order_id: None,
        payment_id: Some("123".to_owned()),
        reference: None,
        is_verified: false,
        body: None,
        ..entry(&shop.tenant.id, "a", 0)
    };
    assert!(push(&store, &stored).await);
    let claimed = claim(&store, NOW, 10, 10).await;
    let expected = InboxEntry {
        id: claimed[0].id,
        ..stored
    };
    assert_eq!(claimed, [expected]);
    Ok(())
}

/// Only verified events are compared, per gateway and tenant, also after they were processed.
pub async fn verified_events_count_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let verified = entry(&shop.tenant.id, "a", 0);
    let hint = InboxEntry {
        is_verified: false,
        ..verified.clone()
    };
    let other_gateway = InboxEntry {
        gateway: GatewayKind::MercadoPago,
        ..verified.clone()
    };
    for (entry, is_new) in [
        (&hint, true),
        (&verified, true),
        (&verified, false),
        (&hint, true),
        (&other_gateway, true),
        (&entry(&other.tenant.id, "a", 0), true),
        (&entry(&shop.tenant.id, "b", 0), true),
    ] {
        assert_eq!(push(&store, entry).await, is_new, "{entry:?}");
    }
    for event in claim(&store, NOW, 10, 10).await {
        let mut unit = platform(&store).await?;
        unit.inbox().finish(event.id, NOW).await?;
        unit.commit().await?;
    }
    assert!(!push(&store, &verified).await);
    let mut unit = platform(&store).await?;
    assert!(!unit.inbox().push(&verified).await?);
    let fresh = entry(&shop.tenant.id, "c", 0);
    assert!(
        unit.inbox().push(&fresh).await?,
        "a repeat does not spoil the unit"
    );
    unit.commit().await
}

/// Oldest first, at most so many in all and of each tenant, each until its lease ends.
pub async fn claims_are_fair(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    for (event, seconds) in [("c", 3), ("a", 1), ("b", 2)] {
        push(&store, &entry(&shop.tenant.id, event, seconds)).await;
    }
    push(&store, &entry(&other.tenant.id, "z", 9)).await;
    assert_eq!(claim(&store, NOW, 10, 10).await, []);
    let first = claim(&store, after(9), 10, 2).await;
    assert_eq!(events(&first), ["a", "b", "z"]);
    let second = claim(&store, after(9), 10, 2).await;
    assert_eq!(events(&second), ["c"]);
    assert_eq!(claim(&store, after(38), 10, 10).await, []);
    let mut unit = platform(&store).await?;
    let without_theirs = Claim {
        skip: vec![shop.tenant.id.clone()],
        ..asking(after(39), 10, 10)
    };
    let others = unit.inbox().claim(&without_theirs).await?;
    assert_eq!(events(&others), ["z"]);
    unit.rollback().await?;
    let again = claim(&store, after(39), 2, 10).await;
    assert_eq!(events(&again), ["a", "b"]);

    let mut here = platform(&store).await?;
    let mut there = platform(&store).await?;
    let mine = here.inbox().claim(&asking(after(39), 1, 10)).await?;
    let theirs = there.inbox().claim(&asking(after(39), 10, 10)).await?;
    assert_eq!((events(&mine), events(&theirs)), (vec!["c"], vec!["z"]));
    here.commit().await?;
    there.commit().await
}

/// A try without success counts and waits; a processed event does not come again.
pub async fn retries_and_finishes(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    push(&store, &entry(&shop.tenant.id, "a", 0)).await;
    let claimed = claim(&store, NOW, 10, 10).await;
    let mut unit = platform(&store).await?;
    unit.inbox().retry(claimed[0].id, after(10)).await?;
    assert_eq!(unit.inbox().count().await?, 1);
    unit.commit().await?;
    assert_eq!(claim(&store, after(9), 10, 10).await, []);
    let again = claim(&store, after(10), 10, 10).await;
    assert_eq!(again[0].attempts, 1);
    let mut unit = platform(&store).await?;
    unit.inbox().finish(again[0].id, after(11)).await?;
    assert_eq!(unit.inbox().count().await?, 0);
    unit.commit().await?;
    assert_eq!(claim(&store, after(1000), 10, 10).await, []);
    Ok(())
}

/// Old bodies go; old events go once they are processed.
pub async fn purges(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let tenant = &shop.tenant.id;
    for (event, seconds) in [("a", 0), ("b", 1), ("c", 100)] {
        push(&store, &entry(tenant, event, seconds)).await;
    }
    let claimed = claim(&store, after(100), 10, 10).await;
    let mut unit = platform(&store).await?;
    unit.inbox().finish(claimed[0].id, after(100)).await?;
    unit.inbox().finish(claimed[2].id, after(100)).await?;
    assert_eq!(unit.inbox().purge(after(2), NOW, 1).await?, 1);
    assert_eq!(unit.inbox().purge(after(2), NOW, 9).await?, 1);
    assert_eq!(unit.inbox().purge(after(2), NOW, 9).await?, 0);
    assert_eq!(unit.inbox().purge(NOW, after(100), 9).await?, 1);
    unit.inbox().retry(claimed[1].id, after(101)).await?;
    unit.commit().await?;
    assert!(push(&store, &entry(tenant, "a", 200)).await, "forgotten");
    assert!(!push(&store, &entry(tenant, "b", 200)).await, "still open");
    assert!(!push(&store, &entry(tenant, "c", 200)).await, "too young");
    let left = claim(&store, after(150), 10, 10).await;
    assert_eq!(events(&left), ["b"]);
    assert_eq!(left[0].body, None);
    Ok(())
}
