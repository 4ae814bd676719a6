//! Routers.

use domain::network::Host;
use domain::router::{Router, RouterTls, TlsMode};
use ports::store::error::StoreError;
use ports::store::routers::RouterUse;

use crate::builders::{self, NOW, after, sealed};
use crate::store_contract::shop::{AnyStore, Done, buy, open_shop, platform};

/// A router is found by its tenant alone.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let (mine, id) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    let routers = unit.routers();
    let found = routers.find(mine, id).await?;
    assert_eq!(found.as_ref(), Some(&shop.router));
    assert_eq!(routers.find_for_update(mine, id).await?, found);
    let theirs = &other.tenant.id;
    assert_eq!(routers.find(theirs, id).await?, None);
    assert_eq!(routers.find_for_update(theirs, id).await?, None);
    assert!(!routers.set_active(theirs, id, false).await?);
    assert!(!routers.set_key_hash(theirs, id, "0").await?);
    assert!(!routers.delete(theirs, id).await?);
    assert!(routers.set_active(mine, id, false).await?);
    assert!(routers.set_key_hash(mine, id, "0").await?);
    assert!(!routers.find(mine, id).await?.unwrap().is_active);
    unit.commit().await
}

/// Writing counts the version up; owner and creation time stay.
pub async fn update_counts_the_version(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let changed = Router {
        name: "Nuevo".to_owned(),
        host: Host::from_stored("router.x.test"),
        port: 8729,
        username: "otro".to_owned(),
        password: sealed("new"),
        tls: RouterTls {
            mode: TlsMode::Authority,
            ca_pem: Some("PEM".to_owned()),
            fingerprint: Some("ab".repeat(32)),
        },
        location: None,
        version: 77,
        created_at: after(9),
        ..shop.router.clone()
    };
    let mut unit = platform(&store).await?;
    assert!(unit.routers().update(&changed).await?);
    let foreign = Router {
        tenant_id: other.tenant.id,
        ..changed.clone()
    };
    assert!(!unit.routers().update(&foreign).await?);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let expected = Router {
        version: 2,
        created_at: NOW,
        ..changed
    };
    let found = unit.routers().find(&shop.tenant.id, &shop.router.id);
    assert_eq!(found.await?, Some(expected));
    unit.commit().await
}

/// Trust on first use: only if nothing is recorded and the settings are still the same.
pub async fn fingerprint_is_recorded_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let (mine, id) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    let routers = unit.routers();
    let theirs = &other.tenant.id;
    assert!(!routers.record_fingerprint(mine, id, 2, "aa").await?);
    assert!(!routers.record_fingerprint(theirs, id, 1, "aa").await?);
    assert!(routers.record_fingerprint(mine, id, 1, "bb").await?);
    assert!(!routers.record_fingerprint(mine, id, 1, "cc").await?);
    let found = routers.find(mine, id).await?.unwrap();
    assert_eq!(found.tls.fingerprint.as_deref(), Some("bb"));
    assert_eq!(found.version, 1);
    unit.commit().await
}

/// Products and purchases stand in the way of deleting; keys go along.
pub async fn is_deleted_with_its_keys_unless_used(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let (tenant, id) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    buy(&mut unit, &shop.product, 1).await?;
    let used = RouterUse {
        products: 1,
        purchases: 1,
    };
    assert_eq!(unit.routers().count_use(tenant, id).await?, used);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let refused = unit.routers().delete(tenant, id).await;
    assert!(matches!(refused, Err(StoreError::Reference { .. })));
    drop(unit);

    let idle = builders::router(tenant, 9);
    let key = builders::api_key(&idle, 9);
    let mut unit = platform(&store).await?;
    unit.routers().insert(&idle, &builders::key_hash(9)).await?;
    unit.api_keys().insert(&key, "hash").await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let unused = unit.routers().count_use(tenant, &idle.id).await?;
    assert_eq!(unused, RouterUse::default());
    assert!(unit.routers().delete(tenant, &idle.id).await?);
    assert!(!unit.routers().delete(tenant, &idle.id).await?);
    assert_eq!(unit.api_keys().find_by_hash("hash").await?, None);
    unit.commit().await
}

/// By creation time, then id.
pub async fn lists(store: AnyStore) -> Done {
    let shop = open_shop(&store, 5).await?;
    open_shop(&store, 6).await?;
    let tenant = &shop.tenant.id;
    let newest = Router {
        created_at: after(1),
        ..builders::router(tenant, 1)
    };
    let first = builders::router(tenant, 4);
    let mut unit = platform(&store).await?;
    for (router, hash) in [(&newest, "a"), (&first, "b")] {
        unit.routers().insert(router, hash).await?;
    }
    let listed = unit.routers().list(tenant).await?;
    assert_eq!(listed, [first, shop.router, newest]);
    unit.commit().await
}
