//! Purchases one by one.

use domain::credentials::HotspotName;
use domain::gateway::{CardSummary, GatewayKind, PaymentStatus};
use domain::ids::{AttemptId, ProductId, PurchaseId};
use domain::payment_method::NextAction;
use domain::purchase::{AccessState, ParkReason, Person, Purchase, Sale};
use ports::store::UnitOfWork;
use ports::store::error::{StoreError, constraints};

use crate::builders::{self, NOW, after, token_digest};
use crate::store_contract::shop::{
    AnyStore, Done, Shop, buy, buy_and_pay, buy_and_send, hear, open_shop, platform, save,
    send_charge,
};

const NOTHING: PurchaseId = PurchaseId::new(1_000_000);

async fn refusal(store: &AnyStore, new: &Sale, digest: &str) -> StoreError {
    let mut unit = platform(store).await.unwrap();
    unit.purchases()
        .insert(new, builders::LOCKED_UNTIL, digest)
        .await
        .unwrap_err()
}

/// A new purchase is what the domain makes of it.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let new = builders::purchase(&shop.product, 1);
    let mut unit = platform(&store).await?;
    let stored = unit
        .purchases()
        .insert(&new, builders::LOCKED_UNTIL, &token_digest(1))
        .await?;
    unit.commit().await?;
    let expected = Purchase::new(stored.id(), new, builders::LOCKED_UNTIL);
    assert_eq!(stored, expected);
    let mut unit = platform(&store).await?;
    assert_eq!(unit.purchases().find(stored.id()).await?, Some(stored));
    assert_eq!(unit.purchases().find(NOTHING).await?, None);
    unit.commit().await
}

/// A name is sold once per router, for ever; other routers may sell it too.
pub async fn names_are_sold_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let names = |names: &[&str]| -> Vec<HotspotName> {
        names
            .iter()
            .copied()
            .map(HotspotName::from_stored)
            .collect()
    };
    let new = |shop: &Shop, number: u32, candidates: &[&str]| Sale {
        candidates: names(candidates),
        ..builders::purchase(&shop.product, number)
    };
    let mut unit = platform(&store).await?;
    let first = new(&shop, 1, &["PT-A", "PT-B"]);
    unit.purchases()
        .insert(&first, builders::LOCKED_UNTIL, &token_digest(1))
        .await?;
    let elsewhere = new(&other, 2, &["PT-A"]);
    unit.purchases()
        .insert(&elsewhere, builders::LOCKED_UNTIL, &token_digest(2))
        .await?;
    let second = new(&shop, 3, &["PT-B", "PT-A"]);
    let mut second = unit
        .purchases()
        .insert(&second, builders::LOCKED_UNTIL, &token_digest(3))
        .await?;
    let asked = ["PT-C", "PT-B", "PT-A"].map(str::to_owned);
    let mut taken = unit
        .purchases()
        .taken_names(&shop.router.id, &asked)
        .await?;
    taken.sort();
    assert_eq!(taken, ["PT-A", "PT-B"]);
    unit.commit().await?;

    let refused = refusal(&store, &new(&shop, 4, &["PT-A", "PT-C"]), &token_digest(4)).await;
    let is_conflict = refused.is_conflict_on(constraints::PURCHASE_HOTSPOT_NAME);
    assert!(is_conflict, "{refused:?}");
    let mut unit = platform(&store).await?;
    builders::edit(&mut second, |stored| {
        stored.access.name = HotspotName::from_stored("PT-A");
    });
    let refused = unit.purchases().save(&mut second).await.unwrap_err();
    let is_conflict = refused.is_conflict_on(constraints::PURCHASE_HOTSPOT_NAME);
    assert!(is_conflict, "{refused:?}");
    Ok(())
}

/// Attempt, reference and public token belong to one purchase.
pub async fn identities_are_unique(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    buy(&mut unit, &shop.product, 1).await?;
    unit.commit().await?;
    let first = builders::purchase(&shop.product, 1);
    let same_attempt = Sale {
        attempt_id: first.attempt_id,
        ..builders::purchase(&shop.product, 2)
    };
    let same_reference = Sale {
        reference: first.reference,
        ..builders::purchase(&shop.product, 2)
    };
    let other = builders::purchase(&shop.product, 2);
    for (new, digest) in [(same_attempt, 2), (same_reference, 2), (other, 1)] {
        let refused = refusal(&store, &new, &token_digest(digest)).await;
        assert!(
            matches!(refused, StoreError::Conflict { .. }),
            "{refused:?}"
        );
    }
    Ok(())
}

/// Whoever read an older revision writes nothing.
pub async fn save_is_a_compare_and_set(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut mine = buy(&mut unit, &shop.product, 1).await?;
    unit.commit().await?;
    let mut slow = platform(&store).await?;
    let mut theirs = slow.purchases().find(mine.id()).await?.unwrap();

    let mut quick = platform(&store).await?;
    let before = mine.work().revision;
    builders::edit(&mut mine, |stored| stored.work.attempts = 1);
    assert!(quick.purchases().save(&mut mine).await?);
    assert_eq!(mine.work().revision, before + 1);
    builders::edit(&mut mine, |stored| stored.work.attempts = 2);
    assert!(quick.purchases().save(&mut mine).await?);
    quick.commit().await?;

    let stale = theirs.clone();
    builders::edit(&mut theirs, |stored| stored.work.attempts = 7);
    assert!(!slow.purchases().save(&mut theirs).await?);
    assert_eq!(
        theirs.work().revision,
        stale.work().revision,
        "not counted up when refused"
    );
    assert_eq!(slow.purchases().find(mine.id()).await?, Some(mine.clone()));
    let mut missing = stale;
    builders::edit(&mut missing, |stored| stored.id = NOTHING);
    assert!(!slow.purchases().save(&mut missing).await?);
    slow.commit().await
}

/// Every field that changes in a purchase's life is kept, every other one stays.
pub async fn save_writes_a_whole_life(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut purchase = buy(&mut unit, &shop.product, 1).await?;
    send_charge(&mut unit, &mut purchase).await?;
    builders::edit(&mut purchase, |stored| {
        stored.payment.card = CardSummary {
            brand: Some("visa".to_owned()),
            kind: Some("credit_card".to_owned()),
            issuer: Some("banorte".to_owned()),
            last_four: Some("4242".to_owned()),
            installments: Some(3),
        }
    });
    purchase.outcome_unknown().unwrap();
    builders::edit(&mut purchase, |stored| {
        stored.payment.empty_reads = 2;
        stored.payment.reads_failing_since = Some(after(3));
        stored.payment.next_action = Some(NextAction::PassChallenge {
            url: "https://x.test/3ds".to_owned(),
        });
        stored.access.deadline = Some(after(6));
        stored.work.attempts = 4;
        stored.work.locked_until = None;
    });
    save(&mut unit, &mut purchase).await?;
    let stored = unit.purchases().find(purchase.id()).await?;
    assert_eq!(stored.as_ref(), Some(&purchase));
    hear(&mut unit, &mut purchase, PaymentStatus::Approved).await?;
    purchase.activated("*B".to_owned(), after(5)).unwrap();
    builders::edit(&mut purchase, |stored| stored.work.next_run = None);
    purchase.refund_finished(500, false, NOW).unwrap();
    purchase.park(ParkReason::UserReplaced);
    save(&mut unit, &mut purchase).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let stored = unit.purchases().find(purchase.id()).await?;
    assert_eq!(stored.as_ref(), Some(&purchase));

    let fixed = purchase.clone();
    builders::edit(&mut purchase, |stored| {
        stored.sale.reference = String::from("other");
        stored.sale.attempt_id = AttemptId::from_random([9; 16]);
        stored.sale.customer.name = String::from("Otra");
        stored.sale.sale_name = String::from("otro");
        stored.sale.created_at = after(9);
        stored.sale.amount = builders::price(1).money();
    });
    save(&mut unit, &mut purchase).await?;
    let stored = unit.purchases().find(fixed.id()).await?;
    let mut expected = fixed;
    expected.saved_as(purchase.work().revision);
    assert_eq!(stored, Some(expected));
    unit.commit().await
}

/// A gateway payment belongs to one purchase of a tenant.
pub async fn payments_belong_to_one(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let mut first = buy_and_send(&mut unit, &shop.product, 1).await?;
    let mut second = buy_and_send(&mut unit, &shop.product, 2).await?;
    let mut elsewhere = buy_and_send(&mut unit, &other.product, 3).await?;
    for purchase in [&mut first, &mut elsewhere] {
        builders::edit(purchase, |stored| {
            stored.payment.payment_id = Some("pay".to_owned());
        });
        save(&mut unit, purchase).await?;
    }
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    builders::edit(&mut second, |stored| {
        stored.payment.payment_id = Some("pay".to_owned());
    });
    let refused = unit.purchases().save(&mut second).await.unwrap_err();
    let is_conflict = refused.is_conflict_on(constraints::PURCHASE_PAYMENT);
    assert!(is_conflict, "{refused:?}");
    Ok(())
}

/// By token, reference, order, payment and hotspot name, each within its router or gateway.
pub async fn is_found_by_what_is_known(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let paid = buy_and_pay(&mut unit, &shop.product, 1).await?;
    buy(&mut unit, &other.product, 2).await?;
    let (here, elsewhere) = (&shop.router.id, &other.router.id);
    let purchases = unit.purchases();
    let it = Some(&paid);

    let digest = token_digest(1);
    assert_eq!(purchases.find_by_token(here, &digest).await?.as_ref(), it);
    assert_eq!(purchases.find_by_token(elsewhere, &digest).await?, None);
    assert_eq!(purchases.find_by_token(here, &token_digest(9)).await?, None);

    let (ours, not_ours) = (GatewayKind::Conekta, GatewayKind::MercadoPago);
    let reference = &paid.sale().reference;
    let found = purchases.find_by_reference(ours, reference).await?;
    assert_eq!(found.as_ref(), it);
    let found = purchases.find_by_reference(not_ours, reference).await?;
    assert_eq!(found, None);

    let order = paid.payment().order_id.as_deref().unwrap();
    let payment = paid.payment().payment_id.as_deref().unwrap();
    for id in [order, payment] {
        let found = purchases.find_by_gateway_id(ours, id).await?;
        assert_eq!(found.as_ref(), it);
        let found = purchases.find_by_gateway_id(not_ours, id).await?;
        assert_eq!(found, None);
    }
    assert_eq!(purchases.find_by_gateway_id(ours, "x").await?, None);

    let name = paid.access().name.as_str();
    let found = purchases.find_by_hotspot_name(here, name).await?;
    assert_eq!(found.as_ref(), it);
    assert_eq!(purchases.find_by_hotspot_name(elsewhere, name).await?, None);
    unit.commit().await
}

/// Another router's or tenant's product, or none at all, is a broken reference.
pub async fn needs_its_own_product(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let new = builders::purchase(&shop.product, 1);
    let foreign_product = Sale {
        product_id: other.product.id,
        ..new.clone()
    };
    let no_product = Sale {
        product_id: ProductId::new(1_000_000),
        ..new.clone()
    };
    let foreign_router = Sale {
        router_id: other.router.id,
        product_id: other.product.id,
        ..new.clone()
    };
    let foreign_tenant = Sale {
        tenant_id: other.tenant.id,
        ..new
    };
    for new in [foreign_product, no_product, foreign_router, foreign_tenant] {
        let refused = refusal(&store, &new, &token_digest(1)).await;
        assert!(
            matches!(refused, StoreError::Reference { .. }),
            "{refused:?}"
        );
    }
    Ok(())
}

/// What one person buys on one router, known by e-mail or device.
pub async fn bought_by_one_person(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let first = buy(&mut unit, &shop.product, 1).await?;
    let person = first.sale().person();
    let by_email = Person {
        mac: None,
        ..person.clone()
    };
    let by_device = Person {
        customer_digest: String::new(),
        ..person.clone()
    };
    let nobody = Person {
        mac: None,
        ..by_device.clone()
    };
    let elsewhere = Person {
        router_id: other.router.id.clone(),
        ..person.clone()
    };
    for person in [&person, &by_email, &by_device, &nobody, &elsewhere] {
        unit.purchases().lock_person(person).await?;
        let is_theirs = person.router_id == shop.router.id && *person != nobody;
        let open = unit.purchases().find_open_of(person, shop.product.id);
        let open = open.await?.map(|purchase| purchase.id());
        assert_eq!(open, is_theirs.then(|| first.id()), "{person:?}");
    }
    let another = ProductId::new(1_000_000);
    let found = unit.purchases().find_open_of(&person, another).await?;
    assert_eq!(found, None, "another product");
    unit.commit().await
}

async fn store_sale(
    unit: &mut Box<dyn UnitOfWork>,
    new: &Sale,
    number: u32,
) -> Result<Purchase, StoreError> {
    let digest = token_digest(number);
    let purchases = unit.purchases();
    purchases.insert(new, builders::LOCKED_UNTIL, &digest).await
}

/// What the buyer of a purchase has bought since, although the customer's data are blanked.
pub async fn bought_since(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut earlier = buy_and_send(&mut unit, &shop.product, 1).await?;
    let as_first = |number, seconds| {
        let first = builders::purchase(&shop.product, 1);
        Sale {
            customer_digest: first.customer_digest,
            created_at: after(seconds),
            ..builders::purchase(&shop.product, number)
        }
    };
    let asked = store_sale(&mut unit, &as_first(2, 10), 2).await?;
    let list = async |unit: &mut Box<dyn UnitOfWork>| {
        let found = unit.purchases().list_bought_since(&asked).await?;
        Ok::<_, StoreError>(found.iter().map(Purchase::id).collect::<Vec<_>>())
    };
    assert_eq!(list(&mut unit).await?, [], "the open one was begun before");
    let open = store_sale(&mut unit, &as_first(3, 20), 3).await?;
    let stranger = Sale {
        created_at: after(20),
        ..builders::purchase(&shop.product, 4)
    };
    store_sale(&mut unit, &stranger, 4).await?;
    assert_eq!(list(&mut unit).await?, [open.id()]);
    hear(&mut unit, &mut earlier, PaymentStatus::Approved).await?;
    let found = list(&mut unit).await?;
    assert_eq!(found, [open.id()], "paid before");
    builders::edit(&mut earlier, |stored| {
        stored.payment.paid_at = Some(after(10));
    });
    assert!(unit.purchases().save(&mut earlier).await?);
    assert_eq!(list(&mut unit).await?, [open.id(), earlier.id()]);
    builders::edit(&mut earlier, |stored| {
        stored.access.state = AccessState::Active;
        stored.access.activated_at = Some(after(11));
    });
    assert!(unit.purchases().save(&mut earlier).await?);
    let blanked = unit.purchases().blank_customers(after(1), 10).await?;
    assert_eq!(blanked, 1);
    assert_eq!(list(&mut unit).await?, [open.id(), earlier.id()]);
    unit.commit().await
}
