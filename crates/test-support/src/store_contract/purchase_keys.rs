//! The keys that keep a purchase single.

use ports::store::error::constraints;
use ports::store::purchases::{KeyKind, PurchaseKey};

use crate::builders::{NOW, after};
use crate::store_contract::shop::{AnyStore, Done, buy, open_shop, platform};

fn key(kind: KeyKind, key: &str) -> PurchaseKey {
    PurchaseKey {
        kind,
        key: key.to_owned(),
    }
}

/// A key that is taken is a conflict; the two kinds do not meet.
pub async fn hold_a_purchase_single(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let router = &shop.router.id;
    let header = key(KeyKind::Header, "Abc-1");
    let card = key(KeyKind::CardToken, "Abc-1");
    let both = [header.clone(), card.clone()];
    let mut unit = platform(&store).await?;
    let first = buy(&mut unit, &shop.product, 1).await?;
    let second = buy(&mut unit, &shop.product, 2).await?;
    unit.purchases().claim_keys(&first, &[], "print").await?;
    unit.purchases().claim_keys(&first, &both, "print").await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    for key in [&header, &card] {
        let found = unit.purchases().find_by_key(router, key).await?.unwrap();
        assert_eq!(found.purchase, first);
        assert_eq!(found.fingerprint, "print");
    }
    let other_case = key(KeyKind::Header, "abc-1");
    assert_eq!(
        unit.purchases().find_by_key(router, &other_case).await?,
        None
    );
    unit.commit().await?;
    let fresh = key(KeyKind::Header, "fresh");
    let mut unit = platform(&store).await?;
    let keys = [fresh.clone(), card];
    let refused = unit.purchases().claim_keys(&second, &keys, "other").await;
    let refused = refused.unwrap_err();
    let is_conflict = refused.is_conflict_on(constraints::IDEMPOTENCY_KEY);
    assert!(is_conflict, "{refused:?}");
    drop(unit);
    let mut unit = platform(&store).await?;
    assert_eq!(unit.purchases().find_by_key(router, &fresh).await?, None);
    unit.commit().await
}

/// One kind or all; a free key can be claimed again.
pub async fn are_released(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let router = &shop.router.id;
    let header = key(KeyKind::Header, "1");
    let card = key(KeyKind::CardToken, "1");
    let keep = key(KeyKind::Header, "2");
    let mut unit = platform(&store).await?;
    let first = buy(&mut unit, &shop.product, 1).await?;
    let second = buy(&mut unit, &shop.product, 2).await?;
    let purchases = unit.purchases();
    let both = [header.clone(), card.clone()];
    purchases.claim_keys(&first, &both, "print").await?;
    let kept = std::slice::from_ref(&keep);
    purchases.claim_keys(&second, kept, "print").await?;
    purchases
        .release_keys(first.id(), Some(KeyKind::CardToken))
        .await?;
    assert_eq!(purchases.find_by_key(router, &card).await?, None);
    assert!(purchases.find_by_key(router, &header).await?.is_some());
    purchases.release_keys(first.id(), None).await?;
    assert_eq!(purchases.find_by_key(router, &header).await?, None);
    assert!(purchases.find_by_key(router, &keep).await?.is_some());
    purchases.claim_keys(&second, &both, "again").await?;
    let found = purchases.find_by_key(router, &header).await?.unwrap();
    assert_eq!(found.purchase.id(), second.id());
    unit.commit().await
}

/// Another router may use the same key.
pub async fn belong_to_a_router(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let header = key(KeyKind::Header, "1");
    let keys = std::slice::from_ref(&header);
    let mut unit = platform(&store).await?;
    let here = buy(&mut unit, &shop.product, 1).await?;
    let there = buy(&mut unit, &other.product, 2).await?;
    unit.purchases().claim_keys(&here, keys, "a").await?;
    let found = unit.purchases().find_by_key(&other.router.id, &header);
    assert_eq!(found.await?, None);
    unit.purchases().claim_keys(&there, keys, "b").await?;
    let found = unit.purchases().find_by_key(&other.router.id, &header);
    assert_eq!(found.await?.unwrap().purchase, there);
    unit.commit().await
}

/// Old ones, so many at a time; their purchases stay.
pub async fn are_forgotten(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let keys = [key(KeyKind::Header, "1"), key(KeyKind::CardToken, "1")];
    let mut unit = platform(&store).await?;
    let sold = buy(&mut unit, &shop.product, 1).await?;
    let purchases = unit.purchases();
    purchases.claim_keys(&sold, &keys, "print").await?;
    assert_eq!(purchases.purge_keys(NOW, 9).await?, 0, "not older");
    assert_eq!(purchases.purge_keys(after(1), 1).await?, 1);
    assert_eq!(purchases.purge_keys(after(1), 9).await?, 1);
    for key in &keys {
        assert_eq!(purchases.find_by_key(&shop.router.id, key).await?, None);
    }
    assert!(purchases.find(sold.id()).await?.is_some());
    unit.commit().await
}
