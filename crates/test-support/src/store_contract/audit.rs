//! The audit log.

use domain::audit::{Actor, AuditEntry};
use domain::ids::{TenantId, UserId};
use ports::store::audit::AuditFilter;

use crate::builders::after;
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};

fn entry(tenant: Option<&TenantId>, action: &str, seconds: u64) -> AuditEntry {
    AuditEntry {
        id: 0,
        actor: Actor::System,
        action: action.to_owned(),
        tenant_id: tenant.cloned(),
        subject: ("router".to_owned(), "RTR_1".to_owned()),
        detail: None,
        remote_address: None,
        at: after(seconds),
    }
}

/// Newest first, on a tie the last one written; the total counts all.
pub async fn lists_newest_first(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let full = AuditEntry {
        actor: Actor::User(UserId::new(7)),
        detail: Some("host 192.0.2.1".to_owned()),
        remote_address: Some("203.0.113.9".to_owned()),
        ..entry(Some(&shop.tenant.id), "router.create", 5)
    };
    let mut unit = platform(&store).await?;
    let tie = entry(None, "b", 5);
    for entry in [&full, &tie, &entry(None, "a", 1)] {
        unit.audit().append(entry).await?;
    }
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let filter = AuditFilter::default();
    let (total, entries) = unit.audit().list(&filter, 2, 0).await?;
    let with_id = |entry: AuditEntry, position: usize| AuditEntry {
        id: entries[position].id,
        ..entry
    };
    assert_eq!(
        (total, &entries[..]),
        (3, &[with_id(tie, 0), with_id(full, 1)][..])
    );
    assert!(entries.iter().all(|entry| entry.id > 0));
    let (total, rest) = unit.audit().list(&filter, 2, 2).await?;
    assert_eq!((total, rest.len()), (3, 1));
    unit.commit().await
}

/// By tenant, beginning of the action, and time with the end excluded.
pub async fn filters(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    for (tenant, action, seconds) in [
        (Some(&shop.tenant.id), "router.create", 1),
        (Some(&other.tenant.id), "router.delete", 2),
        (None, "tenant.create", 3),
        (Some(&shop.tenant.id), "r%", 4),
    ] {
        unit.audit().append(&entry(tenant, action, seconds)).await?;
    }
    let of = |tenant: &TenantId| AuditFilter {
        tenant_id: Some(tenant.clone()),
        ..AuditFilter::default()
    };
    let action = |start: &str| AuditFilter {
        action: Some(start.to_owned()),
        ..AuditFilter::default()
    };
    let window = AuditFilter {
        from: Some(after(2)),
        to: Some(after(4)),
        ..AuditFilter::default()
    };
    let together = AuditFilter {
        action: Some("router.".to_owned()),
        ..of(&shop.tenant.id)
    };
    for (filter, expected) in [
        (of(&shop.tenant.id), vec![4, 1]),
        (action("router."), vec![2, 1]),
        (action("r%"), vec![4]),
        (action("_"), vec![]),
        (window, vec![3, 2]),
        (together, vec![1]),
    ] {
        let (total, found) = unit.audit().list(&filter, 10, 0).await?;
        let expected: Vec<_> = expected.into_iter().map(after).collect();
        let found: Vec<_> = found.iter().map(|entry| entry.at).collect();
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(usize::try_from(total), Ok(expected.len()));
    }
    unit.commit().await
}
