//! Looking after routers.

use std::time::Duration;

use domain::router::RouterStatus;
use ports::store::router_care::{CheckOutcome, PENDING_USERS, PendingUser, RouterCheck};

use crate::builders::{self, NOW, after};
use crate::store_contract::shop::{AnyStore, Done, Shop, open_shop, platform, scoped};

fn pending(shop: &Shop, number: u64) -> PendingUser {
    PendingUser {
        username: format!("wifi-{}-{number}", shop.router.id.as_str()),
        tenant_id: shop.tenant.id.clone(),
        router_id: shop.router.id.clone(),
        password: builders::sealed(&number.to_string()),
        created_at: after(number),
    }
}

/// The newest come first, so many are kept, and of one router alone.
pub async fn pending_users_are_kept_for_a_while(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let kept = u64::try_from(PENDING_USERS).unwrap();
    let mut unit = platform(&store).await?;
    unit.router_care()
        .add_pending_user(&pending(&other, 1))
        .await?;
    for number in 1..=kept + 2 {
        let user = pending(&shop, number);
        unit.router_care().add_pending_user(&user).await?;
    }
    let listed = unit
        .router_care()
        .list_pending_users(tenant, router)
        .await?;
    let expected: Vec<PendingUser> = (3..=kept + 2).rev().map(|n| pending(&shop, n)).collect();
    assert_eq!(listed, expected);
    let forgotten = unit
        .router_care()
        .forget_pending_users(tenant, router, after(kept))
        .await?;
    assert_eq!(forgotten, kept - 2);
    let left = unit
        .router_care()
        .list_pending_users(tenant, router)
        .await?;
    assert_eq!(left.len(), 2);
    unit.commit().await
}

/// A tenant's unit sees and changes nothing of another one; the platform sees whose it is.
pub async fn belongs_to_its_router(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    unit.router_care()
        .add_pending_user(&pending(&shop, 1))
        .await?;
    let owner = unit.router_care().tenant_of(router).await?;
    assert_eq!(owner.as_ref(), Some(tenant));
    assert_eq!(
        unit.router_care()
            .claim_checks(NOW, Duration::from_secs(1), 9)
            .await?
            .len(),
        2
    );
    unit.commit().await?;
    let mut unit = scoped(&store, &other.tenant.id).await?;
    assert_eq!(unit.router_care().tenant_of(router).await?, None);
    assert_eq!(
        unit.router_care()
            .list_pending_users(tenant, router)
            .await?,
        []
    );
    assert_eq!(unit.router_care().list_checks(tenant).await?, []);
    let forgotten = unit
        .router_care()
        .forget_pending_users(tenant, router, after(9))
        .await?;
    assert_eq!(forgotten, 0);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let mine = unit
        .router_care()
        .list_pending_users(&other.tenant.id, router)
        .await?;
    assert_eq!(mine, []);
    // They go with their router.
    let idle = builders::router(tenant, 9);
    unit.routers().insert(&idle, &builders::key_hash(9)).await?;
    let pending = PendingUser {
        router_id: idle.id.clone(),
        username: "wifi-idle".to_owned(),
        ..pending(&shop, 1)
    };
    unit.router_care().add_pending_user(&pending).await?;
    let check = RouterCheck {
        tenant_id: tenant.clone(),
        router_id: idle.id.clone(),
        outcome: None,
        due_at: NOW,
    };
    unit.router_care().save_check(&check).await?;
    assert!(unit.routers().delete(tenant, &idle.id).await?);
    let left = unit
        .router_care()
        .list_pending_users(tenant, &idle.id)
        .await?;
    assert_eq!(left, []);
    let checks = unit.router_care().list_checks(tenant).await?;
    assert!(checks.iter().all(|check| check.router_id != idle.id));
    unit.commit().await
}

/// Due is what was never checked, then what is due longest; a claim holds for its lease.
pub async fn checks_come_due(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let off = open_shop(&store, 2).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let lease = Duration::from_mins(1);
    let mut unit = platform(&store).await?;
    unit.routers()
        .set_active(&off.tenant.id, &off.router.id, false)
        .await?;
    let claimed = unit.router_care().claim_checks(NOW, lease, 9).await?;
    let expected = RouterCheck {
        tenant_id: tenant.clone(),
        router_id: router.clone(),
        outcome: None,
        due_at: after(60),
    };
    assert_eq!(claimed, std::slice::from_ref(&expected));
    assert_eq!(
        unit.router_care().claim_checks(after(59), lease, 9).await?,
        []
    );
    let done = RouterCheck {
        outcome: Some(CheckOutcome {
            status: RouterStatus::Down,
            since: NOW,
            checked_at: after(5),
        }),
        due_at: after(100),
        ..expected
    };
    unit.router_care().save_check(&done).await?;
    assert_eq!(
        unit.router_care().list_checks(tenant).await?,
        std::slice::from_ref(&done)
    );
    assert_eq!(
        unit.router_care().claim_checks(after(99), lease, 9).await?,
        []
    );
    let again = unit
        .router_care()
        .claim_checks(after(100), lease, 9)
        .await?;
    assert_eq!(again[0].outcome, done.outcome);
    unit.commit().await
}
