//! How workers get purchases to work on.

use std::time::Duration;

use domain::gateway::PaymentStatus;
use domain::ids::PurchaseId;
use domain::purchase::{ParkReason, Purchase};
use domain::time::Timestamp;
use ports::store::purchases::{Claim, OpenWork};

use crate::builders::{self, NOW, after};
use crate::store_contract::shop::{
    AnyStore, Done, buy, buy_and_pay, buy_and_send, hear, open_shop, platform, save,
};

const LEASE: Duration = Duration::from_secs(30);

fn claim(now: Timestamp) -> Claim {
    Claim {
        now,
        lease: LEASE,
        limit: 10,
        per_tenant: 10,
        skip: Vec::new(),
    }
}

fn ids(purchases: &[Purchase]) -> Vec<PurchaseId> {
    let mut ids: Vec<PurchaseId> = purchases.iter().map(Purchase::id).collect();
    ids.sort();
    ids
}

async fn claim_and_commit(store: &AnyStore, claim: Claim) -> Vec<Purchase> {
    let mut unit = platform(store).await.unwrap();
    let claimed = unit.purchases().claim_due(&claim).await.unwrap();
    unit.commit().await.unwrap();
    claimed
}

/// Due and held by nobody; then nobody else gets it until the lease ends.
pub async fn claims_what_is_due(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let purchase = buy(&mut unit, &shop.product, 1).await?;
    let mut held = buy(&mut unit, &shop.product, 2).await?;
    builders::edit(&mut held, |stored| {
        stored.work.locked_until = Some(after(1000));
    });
    save(&mut unit, &mut held).await?;
    let mut idle = buy(&mut unit, &shop.product, 3).await?;
    builders::edit(&mut idle, |stored| {
        (stored.work.next_run, stored.work.locked_until) = (None, None);
    });
    save(&mut unit, &mut idle).await?;
    unit.commit().await?;

    let just_before = after(70).minus(Duration::from_micros(1));
    assert_eq!(claim_and_commit(&store, claim(just_before)).await, []);
    let claimed = claim_and_commit(&store, claim(after(70))).await;
    let mut expected = purchase;
    builders::edit(&mut expected, |stored| {
        stored.work.locked_until = Some(after(100));
        stored.work.revision += 1;
    });
    assert_eq!(claimed, std::slice::from_ref(&expected));
    let mut unit = platform(&store).await?;
    assert_eq!(unit.purchases().find(expected.id()).await?, Some(expected));
    unit.commit().await?;
    assert_eq!(claim_and_commit(&store, claim(after(99))).await, []);
    assert_eq!(claim_and_commit(&store, claim(after(100))).await.len(), 1);
    Ok(())
}

/// At most so many, and at most so many of one tenant.
pub async fn claims_are_fair(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    for number in 1..=4 {
        buy(&mut unit, &shop.product, number).await?;
    }
    let theirs = buy(&mut unit, &other.product, 5).await?;
    unit.commit().await?;
    let without_theirs = Claim {
        skip: vec![shop.product.tenant_id.clone()],
        ..claim(after(70))
    };
    let mut unit = platform(&store).await?;
    let others = unit.purchases().claim_due(&without_theirs).await?;
    assert_eq!(ids(&others), [theirs.id()]);
    unit.rollback().await?;
    let two_each = Claim {
        per_tenant: 2,
        ..claim(after(70))
    };
    let first = claim_and_commit(&store, two_each).await;
    assert_eq!(first.len(), 3);
    assert!(ids(&first).contains(&theirs.id()));
    let one = Claim {
        limit: 1,
        ..claim(after(70))
    };
    assert_eq!(claim_and_commit(&store, one).await.len(), 1);
    assert_eq!(claim_and_commit(&store, claim(after(70))).await.len(), 1);
    assert_eq!(claim_and_commit(&store, claim(after(70))).await, []);
    Ok(())
}

/// Whoever held a purchase before it was claimed cannot save any more.
pub async fn claims_end_older_leases(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut slow = buy(&mut unit, &shop.product, 1).await?;
    unit.commit().await?;
    let mut claimed = claim_and_commit(&store, claim(after(70))).await;
    let mut unit = platform(&store).await?;
    builders::edit(&mut slow, |stored| stored.work.attempts = 1);
    assert!(!unit.purchases().save(&mut slow).await?);
    builders::edit(&mut claimed[0], |stored| stored.work.attempts = 2);
    save(&mut unit, &mut claimed[0]).await?;
    unit.commit().await
}

/// Two workers at once get different purchases, and neither waits.
pub async fn claims_skip_what_others_claim(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let first = buy(&mut unit, &shop.product, 1).await?;
    let second = buy(&mut unit, &shop.product, 2).await?;
    unit.commit().await?;
    let one = Claim {
        limit: 1,
        ..claim(after(70))
    };
    let mut here = platform(&store).await?;
    let mut there = platform(&store).await?;
    let mut all = here.purchases().claim_due(&one).await?;
    assert_eq!(all.len(), 1);
    let others = there.purchases().claim_due(&claim(after(70))).await?;
    assert_eq!(others.len(), 1);
    all.extend(others);
    assert_eq!(ids(&all), [first.id(), second.id()]);
    here.rollback().await?;
    there.commit().await?;
    let again = claim_and_commit(&store, claim(after(70))).await;
    assert_eq!(again.len(), 1, "what was rolled back is free again");
    Ok(())
}

/// What waits for a person is not claimed, not even after a notice; but its router user goes.
pub async fn parked_is_left_alone(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut purchase = buy_and_pay(&mut unit, &shop.product, 1).await?;
    purchase.park(ParkReason::Other);
    builders::edit(&mut purchase, |stored| stored.work.locked_until = None);
    save(&mut unit, &mut purchase).await?;
    unit.commit().await?;
    assert_eq!(claim_and_commit(&store, claim(after(99))).await, []);
    let mut unit = platform(&store).await?;
    purchase.unpark();
    purchase.schedule_now(NOW);
    save(&mut unit, &mut purchase).await?;
    unit.commit().await?;
    assert_eq!(claim_and_commit(&store, claim(after(99))).await.len(), 1);

    let mut unit = platform(&store).await?;
    let mut refunding = buy_and_pay(&mut unit, &shop.product, 2).await?;
    refunding.begin_refund(NOW).unwrap();
    refunding.park(ParkReason::Other);
    builders::edit(&mut refunding, |stored| {
        (stored.work.next_run, stored.work.locked_until) = (Some(NOW), None);
    });
    save(&mut unit, &mut refunding).await?;
    unit.commit().await?;
    let claimed = claim_and_commit(&store, claim(after(99))).await;
    assert_eq!(ids(&claimed), [refunding.id()]);
    Ok(())
}

/// Counts of what is not finished.
pub async fn open_work(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    buy(&mut unit, &shop.product, 1).await?;
    buy_and_send(&mut unit, &other.product, 2).await?;
    let mut verifying = buy_and_send(&mut unit, &shop.product, 3).await?;
    verifying.outcome_unknown().unwrap();
    save(&mut unit, &mut verifying).await?;
    let mut pending = buy_and_send(&mut unit, &shop.product, 4).await?;
    hear(&mut unit, &mut pending, PaymentStatus::Pending).await?;
    buy_and_pay(&mut unit, &shop.product, 5).await?;
    let mut active = buy_and_pay(&mut unit, &shop.product, 6).await?;
    active.activated("*B".to_owned(), NOW).unwrap();
    save(&mut unit, &mut active).await?;
    let mut refunding = buy_and_pay(&mut unit, &shop.product, 7).await?;
    refunding.begin_refund(NOW).unwrap();
    refunding.removal_confirmed();
    save(&mut unit, &mut refunding).await?;
    let mut declined = buy_and_send(&mut unit, &shop.product, 8).await?;
    hear(&mut unit, &mut declined, PaymentStatus::Cancelled).await?;
    let mut parked = buy_and_pay(&mut unit, &shop.product, 9).await?;
    parked.activated("*B".to_owned(), NOW).unwrap();
    parked.park(ParkReason::Other);
    save(&mut unit, &mut parked).await?;
    let expected = OpenWork {
        running: 2,
        verifying: 1,
        pending: 1,
        awaiting_access: 1,
        removals: 1,
        refunding: 1,
        parked: 1,
    };
    assert_eq!(unit.purchases().open_work().await?, expected);
    unit.commit().await
}
