//! Refunds.

use domain::refund::{Refund, RefundState};
use ports::store::error::{StoreError, constraints};
use ports::store::refunds::NewRefund;

use crate::builders::{self, after};
use crate::store_contract::shop::{AnyStore, Done, buy_and_pay, open_shop, platform};

/// While one is being sent, another one is a conflict.
pub async fn one_in_flight(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let sale = buy_and_pay(&mut unit, &shop.product, 1).await?.id();
    let other = buy_and_pay(&mut unit, &shop.product, 2).await?.id();
    let tenant = &shop.tenant.id;
    let new = builders::refund(tenant, sale, 1, 500);
    let refund = unit.refunds().insert(&new).await?;
    let expected = Refund {
        id: refund.id,
        tenant_id: new.tenant_id.clone(),
        purchase_id: sale,
        key: new.key,
        request_key: new.request_key.clone(),
        amount: new.amount,
        refunded_before: 0,
        reason: new.reason.clone(),
        state: RefundState::Sending,
        gateway_refund_id: None,
        created_at: new.created_at,
        finished_at: None,
    };
    assert_eq!(refund, expected);
    assert_eq!(unit.refunds().find_open(sale).await?, Some(expected));
    assert_eq!(unit.refunds().find_open(other).await?, None);
    let elsewhere = builders::refund(tenant, other, 2, 500);
    unit.refunds().insert(&elsewhere).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let second = builders::refund(tenant, sale, 3, 100);
    let refused = unit.refunds().insert(&second).await.unwrap_err();
    assert!(
        refused.is_conflict_on(constraints::OPEN_REFUND),
        "{refused:?}"
    );
    Ok(())
}

/// A caller's key orders one refund of a purchase; refunds without a key may repeat.
pub async fn request_keys_count_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let tenant = &shop.tenant.id;
    let mut unit = platform(&store).await?;
    let sale = buy_and_pay(&mut unit, &shop.product, 1).await?.id();
    let other = buy_and_pay(&mut unit, &shop.product, 2).await?.id();
    let new = |number: u32, key: Option<&str>| NewRefund {
        request_key: key.map(str::to_owned),
        ..builders::refund(tenant, sale, number, 100)
    };
    for (number, key) in [(1, Some("a")), (2, None), (3, None), (4, Some("b"))] {
        let mut refund = unit.refunds().insert(&new(number, key)).await?;
        refund.state = RefundState::Refused;
        unit.refunds().save(&refund).await?;
    }
    let elsewhere = NewRefund {
        request_key: Some("a".to_owned()),
        ..builders::refund(tenant, other, 5, 100)
    };
    unit.refunds().insert(&elsewhere).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let found = unit.refunds().find_by_request_key(sale, "a").await?;
    assert_eq!(found.unwrap().key, new(1, None).key);
    let found = unit.refunds().find_by_request_key(sale, "c").await?;
    assert_eq!(found, None);
    let refused = unit.refunds().insert(&new(6, Some("a"))).await;
    let refused = refused.unwrap_err();
    let is_conflict = refused.is_conflict_on(constraints::REFUND_REQUEST_KEY);
    assert!(is_conflict, "{refused:?}");
    Ok(())
}

/// Oldest first; saving writes state, gateway id and end.
pub async fn lists_and_saves(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let tenant = &shop.tenant.id;
    let mut unit = platform(&store).await?;
    let sale = buy_and_pay(&mut unit, &shop.product, 1).await?.id();
    let mut first = unit
        .refunds()
        .insert(&builders::refund(tenant, sale, 1, 100))
        .await?;
    first.state = RefundState::Done;
    first.gateway_refund_id = Some("ref_1".to_owned());
    first.finished_at = Some(after(9));
    unit.refunds().save(&first).await?;
    let second = builders::refund(tenant, sale, 2, 200);
    let second = unit.refunds().insert(&second).await?;
    assert_eq!(unit.refunds().list(sale).await?, [first, second]);
    unit.commit().await
}

/// Another tenant's purchase is a broken reference.
pub async fn needs_its_own_purchase(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let sale = buy_and_pay(&mut unit, &shop.product, 1).await?.id();
    let new = builders::refund(&other.tenant.id, sale, 1, 100);
    let refused = unit.refunds().insert(&new).await;
    assert!(matches!(refused, Err(StoreError::Reference { .. })));
    Ok(())
}
