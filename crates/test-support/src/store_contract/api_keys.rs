//! Router API keys.

use domain::api_key::ApiKey;
use ports::store::api_keys::{KeyUse, PortalKey};
use ports::store::error::StoreError;

use crate::builders::{self, NOW, after};
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};

/// A key is found whatever its state, with the state of its tenant and router.
pub async fn is_found_by_hash(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let key = builders::api_key(&shop.router, 1);
    let mut unit = platform(&store).await?;
    unit.api_keys().insert(&key, "hash").await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    assert_eq!(unit.api_keys().find_by_hash("other").await?, None);
    let found = unit.api_keys().find_by_hash("hash").await?;
    let expected = PortalKey {
        key: key.clone(),
        tenant_is_active: true,
        router_is_active: true,
    };
    assert_eq!(found, Some(expected));
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    unit.tenants().set_active(tenant, false).await?;
    unit.routers().set_active(tenant, router, false).await?;
    unit.api_keys().revoke(tenant, router, &key.id, NOW).await?;
    let found = unit.api_keys().find_by_hash("hash").await?.unwrap();
    assert!(!found.tenant_is_active && !found.router_is_active);
    assert_eq!(found.key.revoked_at, Some(NOW));
    unit.commit().await
}

/// Newest first; on a tie the unrevoked one.
pub async fn lists(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let key = |number: u32, issued: u64| ApiKey {
        issued_at: after(issued),
        ..builders::api_key(&shop.router, number)
    };
    let keys = [key(1, 5), key(2, 5), key(3, 9), key(4, 1)];
    let mut unit = platform(&store).await?;
    for (number, key) in (1..).zip(&keys) {
        unit.api_keys()
            .insert(key, &builders::key_hash(number))
            .await?;
    }
    let revoked = &keys[0].id;
    unit.api_keys()
        .revoke(tenant, router, revoked, after(10))
        .await?;
    let listed = unit.api_keys().list(tenant, router).await?;
    let ids: Vec<_> = listed.iter().map(|key| &key.id).collect();
    assert_eq!(ids, [&keys[2].id, &keys[1].id, &keys[0].id, &keys[3].id]);
    let other = builders::router(tenant, 9);
    assert_eq!(unit.api_keys().list(tenant, &other.id).await?, []);
    unit.commit().await
}

/// Revoking says whether it was the first time.
pub async fn revokes(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    for number in 1..=3 {
        let key = builders::api_key(&shop.router, number);
        unit.api_keys()
            .insert(&key, &builders::key_hash(number))
            .await?;
    }
    let foreign = builders::api_key(&other.router, 4);
    unit.api_keys().insert(&foreign, "hash").await?;
    let first = builders::api_key(&shop.router, 1).id;
    let keys = unit.api_keys();
    let (theirs, their_router) = (&other.tenant.id, &other.router.id);
    assert!(!keys.revoke(theirs, their_router, &first, NOW).await?);
    assert!(!keys.revoke(theirs, router, &first, NOW).await?);
    assert!(keys.revoke(tenant, router, &first, NOW).await?);
    assert!(!keys.revoke(tenant, router, &first, after(1)).await?);
    let found = keys.find(tenant, router, &first).await?.unwrap();
    assert_eq!(found.revoked_at, Some(NOW));
    assert_eq!(keys.revoke_all(tenant, router, after(2)).await?, 2);
    assert_eq!(keys.revoke_all(tenant, router, after(3)).await?, 0);
    let untouched = keys.find(theirs, their_router, &foreign.id).await?;
    assert_eq!(untouched.unwrap().revoked_at, None);
    unit.commit().await
}

/// Uses are added up; unknown keys and older moments do no harm.
pub async fn adds_up_uses(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let key = builders::api_key(&shop.router, 1);
    let mut unit = platform(&store).await?;
    unit.api_keys().insert(&key, "hash").await?;
    let used = |number: u32, count: i64, at: u64| KeyUse {
        id: builders::api_key(&shop.router, number).id,
        count,
        last_used_at: after(at),
    };
    let batch = [used(1, 3, 5), used(99, 1, 5), used(1, 2, 4)];
    unit.api_keys().record_uses(&batch).await?;
    unit.api_keys().record_uses(&[used(1, 1, 2)]).await?;
    unit.api_keys().record_uses(&[]).await?;
    let found = unit.api_keys().find(tenant, router, &key.id).await?;
    let expected = ApiKey {
        use_count: 6,
        last_used_at: Some(after(5)),
        ..key
    };
    assert_eq!(found, Some(expected));
    unit.commit().await
}

/// A key of another tenant's router is a broken reference.
pub async fn belongs_to_its_router(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let key = ApiKey {
        tenant_id: other.tenant.id,
        ..builders::api_key(&shop.router, 1)
    };
    let mut unit = platform(&store).await?;
    let refused = unit.api_keys().insert(&key, "hash").await;
    assert!(matches!(refused, Err(StoreError::Reference { .. })));
    Ok(())
}
