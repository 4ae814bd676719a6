//! Workers of several replicas at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::PurchaseId;
use domain::notification::NotificationKind;
use ports::store::outbox::NewNotification;
use ports::store::purchases::Claim;
use test_support::builders::{NOW, after};

use crate::support::{buy, database, open_shop, platform, store};

const LEASE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_two_claimers_get_the_same_purchase() {
    let database = database().await;
    let store = Arc::new(store(&database, 6));
    let mut all = BTreeSet::new();
    for number in 1..=4 {
        let shop = open_shop(&store, number).await;
        let mut unit = platform(&store).await;
        for sale in 0..10 {
            all.insert(buy(&mut unit, &shop, number * 100 + sale).await.id());
        }
        unit.commit().await.unwrap();
    }
    let claim = Claim {
        now: after(100),
        lease: LEASE,
        limit: 3,
        per_tenant: 2,
        skip: Vec::new(),
    };
    let claimers = (0..6).map(|_| {
        let (store, claim) = (Arc::clone(&store), claim.clone());
        tokio::spawn(async move {
            let mut mine: Vec<PurchaseId> = Vec::new();
            // Others may hold what is due for a moment: ask until nothing came three times.
            let mut fruitless = 0;
            while fruitless < 3 {
                let mut unit = platform(&store).await;
                let claimed = unit.purchases().claim_due(&claim).await.unwrap();
                unit.commit().await.unwrap();
                assert!(claimed.len() <= 3);
                fruitless = if claimed.is_empty() { fruitless + 1 } else { 0 };
                mine.extend(claimed.iter().map(|purchase| purchase.id()));
            }
            mine
        })
    });
    let mut claimed = Vec::new();
    for claimer in claimers.collect::<Vec<_>>() {
        claimed.extend(claimer.await.unwrap());
    }
    assert_eq!(claimed.len(), all.len(), "each exactly once");
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_channel_never_has_two_notifications_in_flight() {
    let database = database().await;
    let store = Arc::new(store(&database, 6));
    let shop = open_shop(&store, 1).await;
    let mut unit = platform(&store).await;
    for _number in 0..20 {
        let notification = NewNotification {
            tenant_id: shop.tenant.id.clone(),
            kind: NotificationKind::SaleApproved,
            purchase_id: None,
            created_at: NOW,
        };
        unit.outbox().push(&notification).await.unwrap();
    }
    unit.commit().await.unwrap();
    for round in 0..20 {
        let claimers = (0..4).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut unit = platform(&store).await;
                let claimed = unit.outbox().claim(NOW, LEASE, 10).await.unwrap();
                unit.commit().await.unwrap();
                claimed
            })
        });
        let mut claimed = Vec::new();
        for claimer in claimers.collect::<Vec<_>>() {
            claimed.extend(claimer.await.unwrap());
        }
        assert_eq!(claimed.len(), 1, "round {round}");
        let mut unit = platform(&store).await;
        unit.outbox().finish(claimed[0].id).await.unwrap();
        unit.commit().await.unwrap();
    }
}
