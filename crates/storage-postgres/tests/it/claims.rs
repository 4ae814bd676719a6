//! Workers of several replicas at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::PurchaseId;
use domain::notification::NotificationKind;
use ports::store::inbox::InboxEntry;
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
                mine.extend(claimed.iter().map(domain::purchase::Purchase::id));
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

/// A row that a newer version wrote, or a hand edit: it is set aside, everybody else goes on.
#[tokio::test]
async fn an_unreadable_row_stops_nobody() {
    let database = database().await;
    let store = store(&database, 2);
    let shop = open_shop(&store, 1).await;
    let mut unit = platform(&store).await;
    let broken = buy(&mut unit, &shop, 1).await.id();
    let good = buy(&mut unit, &shop, 2).await.id();
    for second in 0..2 {
        let notification = NewNotification {
            tenant_id: shop.tenant.id.clone(),
            kind: NotificationKind::SaleApproved,
            purchase_id: None,
            created_at: after(second),
        };
        unit.outbox().push(&notification).await.unwrap();
        let event = InboxEntry {
            id: 0,
            gateway: GatewayKind::Conekta,
            tenant_id: shop.tenant.id.clone(),
            event_id: second.to_string(),
            topic: "order.paid".to_owned(),
            order_id: None,
            payment_id: None,
            reference: None,
            is_verified: true,
            body_hash: "abc".to_owned(),
            body: None,
            received_at: after(second),
            attempts: 0,
        };
        assert!(unit.inbox().push(&event).await.unwrap());
    }
    unit.commit().await.unwrap();
    let sql = database.connect().await;
    sql.batch_execute(&format!(
        "SET app.alcance = '*'; \
         ALTER TABLE transacciones DROP CONSTRAINT transacciones_estado_check; \
         UPDATE transacciones SET estado = 'unheard_of' WHERE id = {broken}; \
         UPDATE bandeja_salida SET tipo = 'unheard_of' \
             WHERE id = (SELECT min(id) FROM bandeja_salida); \
         ALTER TABLE bandeja_webhooks DROP CONSTRAINT bandeja_webhooks_pasarela_check; \
         UPDATE bandeja_webhooks SET pasarela = 'unheard_of' \
             WHERE id = (SELECT min(id) FROM bandeja_webhooks)"
    ))
    .await
    .unwrap();
    let claim = Claim {
        now: after(100),
        lease: LEASE,
        limit: 1,
        per_tenant: 1,
        skip: Vec::new(),
    };
    let (mut purchases, mut notices, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for _turn in 0..3 {
        let mut unit = platform(&store).await;
        let claimed = unit.purchases().claim_due(&claim).await.unwrap();
        purchases.extend(claimed.iter().map(domain::purchase::Purchase::id));
        notices.extend(unit.outbox().claim(claim.now, LEASE, 1).await.unwrap());
        events.extend(unit.inbox().claim(&claim).await.unwrap());
        unit.commit().await.unwrap();
    }
    assert_eq!(purchases, [good]);
    assert_eq!(notices.len(), 1);
    assert_eq!(events.len(), 1);
    let mut unit = platform(&store).await;
    let open = unit.purchases().open_work().await.unwrap();
    assert_eq!(open.parked, 1, "somebody is told");
    unit.commit().await.unwrap();
}
