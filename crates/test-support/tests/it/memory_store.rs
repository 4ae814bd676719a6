//! What the store in memory does where Postgres would make somebody wait, and its hook.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use domain::product::Product;
use domain::purchase::Purchase;
use domain::user::Role;
use fakes::{MemoryStore, StoreHook};
use futures::executor::block_on;
use ports::store::error::StoreError;
use ports::store::purchases::{Claim, KeyKind, PurchaseKey};
use ports::store::{Scope, Store, UnitOfWork};
use test_support::builders::{self, NOW, after, token_digest};

async fn begin(store: &MemoryStore) -> Box<dyn UnitOfWork> {
    store.begin(Scope::Platform).await.unwrap()
}

async fn with_purchase(store: &MemoryStore) -> (Product, Purchase) {
    let tenant = builders::tenant(1);
    let router = builders::router(&tenant.id, 1);
    let draft = builders::draft(&router.id, "*1");
    let mut unit = begin(store).await;
    unit.tenants().insert(&tenant).await.unwrap();
    unit.routers().insert(&router, "hash").await.unwrap();
    let stored = unit.products().insert(&tenant.id, &draft, NOW).await;
    let product = stored.unwrap();
    let new = builders::purchase(&product, 1);
    let stored = unit
        .purchases()
        .insert(&new, builders::LOCKED_UNTIL, &token_digest(1))
        .await;
    unit.commit().await.unwrap();
    (product, stored.unwrap())
}

fn assert_collided(outcome: &Result<(), StoreError>) {
    assert!(
        matches!(outcome, Err(StoreError::Serialization)),
        "{outcome:?}"
    );
}

#[test]
fn two_saves_of_one_revision_never_lose_one() {
    block_on(async {
        let store = MemoryStore::new();
        let (_product, purchase) = with_purchase(&store).await;
        let mut here = begin(&store).await;
        let mut there = begin(&store).await;
        let (mut mine, mut theirs) = (purchase.clone(), purchase);
        builders::edit(&mut mine, |stored| stored.work.attempts = 1);
        builders::edit(&mut theirs, |stored| stored.work.attempts = 2);
        assert!(here.purchases().save(&mut mine).await.unwrap());
        assert!(there.purchases().save(&mut theirs).await.unwrap());
        here.commit().await.unwrap();
        assert_collided(&there.commit().await);
        let mut unit = begin(&store).await;
        let found = unit.purchases().find(mine.id()).await.unwrap();
        assert_eq!(found, Some(mine));
    });
}

#[test]
fn a_row_taken_for_update_is_held_by_one_unit_at_a_time() {
    block_on(async {
        let store = MemoryStore::new();
        let tenant = builders::tenant(1);
        let mut unit = begin(&store).await;
        unit.tenants().insert(&tenant).await.unwrap();
        unit.commit().await.unwrap();
        let mut here = begin(&store).await;
        let mut there = begin(&store).await;
        for unit in [&mut here, &mut there] {
            let found = unit.tenants().find_for_update(&tenant.id).await;
            assert!(found.unwrap().is_some());
        }
        here.commit().await.unwrap();
        let user = builders::user(Role::SuperAdmin, "ana@x.test");
        there.users().insert(&user).await.unwrap();
        assert_collided(&there.commit().await);
        let mut unit = begin(&store).await;
        assert_eq!(unit.users().find_login(&user.email).await.unwrap(), None);
    });
}

#[test]
fn a_unique_value_stored_by_two_units_is_kept_once() {
    block_on(async {
        let store = MemoryStore::new();
        let (product, _purchase) = with_purchase(&store).await;
        let mut here = begin(&store).await;
        let mut there = begin(&store).await;
        let key = [PurchaseKey {
            kind: KeyKind::CardToken,
            key: "token".to_owned(),
        }];
        for (number, unit) in (2..).zip([&mut here, &mut there]) {
            let new = builders::purchase(&product, number);
            let digest = token_digest(number);
            let stored = unit
                .purchases()
                .insert(&new, builders::LOCKED_UNTIL, &digest)
                .await
                .unwrap();
            let claimed = unit.purchases().claim_keys(&stored, &key, "print");
            claimed.await.unwrap();
        }
        here.commit().await.unwrap();
        assert_collided(&there.commit().await);
        let user = builders::user(Role::SuperAdmin, "ana@x.test");
        let mut here = begin(&store).await;
        let mut there = begin(&store).await;
        for unit in [&mut here, &mut there] {
            unit.users().insert(&user).await.unwrap();
        }
        there.commit().await.unwrap();
        assert_collided(&here.commit().await);
    });
}

#[test]
fn a_reference_removed_meanwhile_is_noticed_at_commit() {
    block_on(async {
        let store = MemoryStore::new();
        let tenant = builders::tenant(1);
        let router = builders::router(&tenant.id, 1);
        let mut unit = begin(&store).await;
        unit.tenants().insert(&tenant).await.unwrap();
        unit.routers().insert(&router, "hash").await.unwrap();
        unit.commit().await.unwrap();
        let draft = builders::draft(&router.id, "*1");
        let mut selling = begin(&store).await;
        let mut removing = begin(&store).await;
        let stored = selling.products().insert(&tenant.id, &draft, NOW).await;
        stored.unwrap();
        let removed = removing.routers().delete(&tenant.id, &router.id).await;
        assert!(removed.unwrap());
        selling.commit().await.unwrap();
        assert_collided(&removing.commit().await);
    });
}

#[test]
fn a_claim_that_was_dropped_is_free_again() {
    block_on(async {
        let store = MemoryStore::new();
        let (_product, purchase) = with_purchase(&store).await;
        let claim = Claim {
            now: after(70),
            lease: Duration::from_secs(30),
            limit: 10,
            per_tenant: 10,
            skip: Vec::new(),
        };
        let mut gone = begin(&store).await;
        let claimed = gone.purchases().claim_due(&claim).await.unwrap();
        assert_eq!(claimed.len(), 1);
        let mut unit = begin(&store).await;
        assert_eq!(unit.purchases().claim_due(&claim).await.unwrap(), []);
        drop(gone);
        let claimed = unit.purchases().claim_due(&claim).await.unwrap();
        assert_eq!(claimed[0].id(), purchase.id());
        unit.commit().await.unwrap();
    });
}

#[test]
fn a_refused_statement_spoils_its_unit() {
    block_on(async {
        let store = MemoryStore::new();
        let (_product, purchase) = with_purchase(&store).await;
        let mut unit = begin(&store).await;
        let tenant = builders::tenant(1);
        assert!(unit.tenants().insert(&tenant).await.is_err());
        let next = unit.purchases().find(purchase.id()).await;
        assert!(matches!(next, Err(StoreError::Internal(_))));
        assert!(matches!(unit.commit().await, Err(StoreError::Internal(_))));
    });
}

#[test]
fn nobody_is_activated_unpaid_even_by_a_bug() {
    block_on(async {
        let store = MemoryStore::new();
        let (_product, mut purchase) = with_purchase(&store).await;
        builders::edit(&mut purchase, |stored| {
            stored.access.state = domain::purchase::AccessState::Active;
        });
        builders::edit(&mut purchase, |stored| {
            stored.access.activated_at = Some(NOW);
        });
        let mut unit = begin(&store).await;
        let refused = unit.purchases().save(&mut purchase).await;
        assert!(matches!(refused, Err(StoreError::Internal(_))));
    });
}

#[test]
fn the_hook_hears_of_every_step_before_it_is_done() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hook: StoreHook = Arc::new({
        let heard = Arc::clone(&heard);
        move |step| {
            heard.lock().unwrap().push(step);
            Box::pin(async { Ok(()) })
        }
    });
    let store = MemoryStore::with_hook(hook);
    block_on(async {
        let mut unit = begin(&store).await;
        unit.tenants().insert(&builders::tenant(1)).await.unwrap();
        unit.commit().await.unwrap();
        begin(&store).await.rollback().await.unwrap();
    });
    let steps = [
        "store.begin",
        "tenants.insert",
        "unit.commit",
        "unit.committed",
        "store.begin",
        "unit.rollback",
    ];
    assert_eq!(*heard.lock().unwrap(), steps);
}

/// A hook that fails, or hangs, at one step once it is armed.
fn stumbling(at: &'static str, armed: &Arc<AtomicBool>, hangs: bool) -> MemoryStore {
    let armed = Arc::clone(armed);
    MemoryStore::with_hook(Arc::new(move |step| {
        let stumbles = step == at && armed.load(Ordering::Relaxed);
        Box::pin(async move {
            if stumbles && hangs {
                std::future::pending::<()>().await;
            }
            if stumbles {
                return Err(StoreError::Unavailable("cut off".into()));
            }
            Ok(())
        })
    }))
}

#[test]
fn a_commit_cut_off_before_it_happened_changes_nothing_and_after_it_everything() {
    for (step, happened) in [("unit.commit", false), ("unit.committed", true)] {
        block_on(async {
            let armed = Arc::new(AtomicBool::new(true));
            let store = stumbling(step, &armed, false);
            let tenant = builders::tenant(1);
            let mut unit = begin(&store).await;
            unit.tenants().insert(&tenant).await.unwrap();
            let cut_off = unit.commit().await;
            assert!(matches!(cut_off, Err(StoreError::Unavailable(_))));
            let mut unit = begin(&store).await;
            let found = unit.tenants().find(&tenant.id).await.unwrap();
            assert_eq!(found.is_some(), happened, "{step}");
        });
    }
}

#[test]
fn a_unit_dropped_in_the_middle_of_a_step_leaves_nothing() {
    let armed = Arc::new(AtomicBool::new(false));
    let store = stumbling("unit.commit", &armed, true);
    block_on(async {
        let (_product, mut purchase) = with_purchase(&store).await;
        armed.store(true, Ordering::Relaxed);
        let mut unit = begin(&store).await;
        builders::edit(&mut purchase, |stored| stored.work.attempts = 9);
        assert!(unit.purchases().save(&mut purchase).await.unwrap());
        {
            let mut commit = pin!(unit.commit());
            let mut context = Context::from_waker(Waker::noop());
            assert!(matches!(commit.as_mut().poll(&mut context), Poll::Pending));
        }
        armed.store(false, Ordering::Relaxed);
        let mut unit = begin(&store).await;
        let found = unit.purchases().find(purchase.id()).await.unwrap().unwrap();
        assert_eq!(found.work().attempts, 0);
        let mut found = found;
        assert!(unit.purchases().save(&mut found).await.unwrap());
        unit.commit().await.unwrap();
    });
}
