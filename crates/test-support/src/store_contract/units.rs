//! Units of work: all or nothing.

use ports::store::error::constraints;

use crate::builders;
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};
use domain::user::Role;

/// A migrated store says so.
pub async fn is_ready(store: AnyStore) -> Done {
    assert!(store.is_ready().await?);
    Ok(())
}

/// A unit sees its own changes at once, others see them once they are committed.
pub async fn sees_its_own_and_what_others_commit(store: AnyStore) -> Done {
    let tenant = builders::tenant(1);
    let mut other = platform(&store).await?;
    let mut unit = platform(&store).await?;
    unit.tenants().insert(&tenant).await?;
    assert!(unit.tenants().find(&tenant.id).await?.is_some());
    assert!(other.tenants().find(&tenant.id).await?.is_none());
    unit.commit().await?;
    assert!(other.tenants().find(&tenant.id).await?.is_some());
    other.commit().await
}

/// What was not committed is gone with its unit.
pub async fn dropping_rolls_back(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    unit.tenants().insert(&builders::tenant(2)).await?;
    unit.tenants().set_active(&shop.tenant.id, false).await?;
    drop(unit);
    let mut unit = platform(&store).await?;
    assert_eq!(unit.tenants().list().await?, [shop.tenant]);
    unit.commit().await
}

/// Rolling back undoes everything.
pub async fn rollback_undoes(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    unit.tenants().insert(&builders::tenant(2)).await?;
    unit.tenants().set_active(&shop.tenant.id, false).await?;
    unit.rollback().await?;
    let mut unit = platform(&store).await?;
    assert_eq!(unit.tenants().list().await?, [shop.tenant]);
    unit.commit().await
}

/// After a conflict nothing of the unit stays, not even if it is committed.
pub async fn a_conflict_leaves_nothing_behind(store: AnyStore) -> Done {
    let user = builders::user(Role::SuperAdmin, "ana@x.test");
    let mut unit = platform(&store).await?;
    unit.users().insert(&user).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    unit.tenants().insert(&builders::tenant(1)).await?;
    let refused = unit.users().insert(&user).await.unwrap_err();
    assert!(
        refused.is_conflict_on(constraints::USER_EMAIL),
        "{refused:?}"
    );
    assert!(unit.commit().await.is_err());
    let mut unit = platform(&store).await?;
    assert_eq!(unit.tenants().list().await?, []);
    unit.commit().await
}
