//! Lists and sums of purchases.

use domain::gateway::{GatewayKind, PaymentStatus};
use domain::ids::PurchaseId;
use domain::purchase::{FailureReason, ParkReason, Purchase, PurchaseState, Sale};
use ports::store::error::StoreError;
use ports::store::purchases::{Income, PurchaseFilter, SalesTotals};

use crate::builders::{self, NOW, after, token_digest};
use crate::store_contract::shop::{
    AnyStore, Done, Shop, Unit, buy, buy_and_pay, buy_and_send, hear, open_shop, platform, save,
    send_charge,
};

async fn buy_at(
    unit: &mut Unit,
    shop: &Shop,
    number: u32,
    seconds: u64,
) -> Result<Purchase, StoreError> {
    let new = Sale {
        created_at: after(seconds),
        ..builders::purchase(&shop.product, number)
    };
    let mut purchase = unit
        .purchases()
        .insert(&new, builders::LOCKED_UNTIL, &token_digest(number))
        .await?;
    send_charge(unit, &mut purchase).await?;
    Ok(purchase)
}

async fn listed(
    unit: &mut Unit,
    shop: &Shop,
    filter: &PurchaseFilter,
) -> Result<Vec<PurchaseId>, StoreError> {
    let page = unit
        .purchases()
        .list(&shop.tenant.id, filter, 100, 0)
        .await?;
    let ids: Vec<PurchaseId> = page.purchases.iter().map(Purchase::id).collect();
    assert_eq!(usize::try_from(page.total), Ok(ids.len()));
    Ok(ids)
}

/// A purchase that ended before its charge was sent is nobody's business.
pub async fn only_sent_charges_are_shown(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    buy(&mut unit, &shop.product, 1).await?;
    let mut failed = buy(&mut unit, &shop.product, 2).await?;
    failed.fail(FailureReason::RouterTimeout, NOW).unwrap();
    save(&mut unit, &mut failed).await?;
    let sent = buy_and_send(&mut unit, &shop.product, 3).await?;
    buy_and_send(&mut unit, &other.product, 4).await?;
    let filter = PurchaseFilter::default();
    let page = unit
        .purchases()
        .list(&shop.tenant.id, &filter, 10, 0)
        .await?;
    assert_eq!((page.total, page.purchases), (1, vec![sent]));
    unit.commit().await
}

/// Each condition of the filter, and all together.
pub async fn filters(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let second_router = builders::router(&shop.tenant.id, 9);
    let mut unit = platform(&store).await?;
    unit.routers().insert(&second_router, "hash").await?;
    let draft = builders::draft(&second_router.id, "*1");
    let second_product = unit.products().insert(&shop.tenant.id, &draft, NOW).await?;
    let early = buy_at(&mut unit, &shop, 1, 0).await?.id();
    let mut late = buy_at(&mut unit, &shop, 2, 60).await?;
    hear(&mut unit, &mut late, PaymentStatus::Approved).await?;
    let late = late.id();
    let special = builders::purchase(&second_product, 3);
    let mut special = Sale {
        created_at: after(30),
        gateway: GatewayKind::MercadoPago,
        ..special
    };
    special.customer.phone = Some("+52 99_1%".to_owned());
    let mut special = unit
        .purchases()
        .insert(&special, builders::LOCKED_UNTIL, &token_digest(3))
        .await?;
    send_charge(&mut unit, &mut special).await?;
    hear(&mut unit, &mut special, PaymentStatus::Approved).await?;
    let special = special.id();

    let all = PurchaseFilter::default();
    let status = |word: &str| PurchaseFilter {
        payment_status: Some(word.to_owned()),
        ..PurchaseFilter::default()
    };
    let text = |text: &str| PurchaseFilter {
        text: Some(text.to_owned()),
        ..PurchaseFilter::default()
    };
    let window = |from: Option<u64>, to: Option<u64>| PurchaseFilter {
        from: from.map(after),
        to: to.map(after),
        ..PurchaseFilter::default()
    };
    let on_router = PurchaseFilter {
        router_id: Some(second_router.id),
        ..PurchaseFilter::default()
    };
    let together = PurchaseFilter {
        from: Some(after(10)),
        text: Some("cliente".to_owned()),
        payment_status: Some("approved".to_owned()),
        ..on_router.clone()
    };
    for (filter, expected) in [
        (all, vec![late, special, early]),
        (window(Some(30), None), vec![late, special]),
        (window(None, Some(60)), vec![special, early]),
        (window(Some(30), Some(31)), vec![special]),
        (status("pending"), vec![early]),
        (status("paid"), vec![late]),
        (status("approved"), vec![special]),
        (status("Paid"), vec![]),
        (on_router, vec![special]),
        (text("CLIENTE2@x"), vec![late]),
        (text("pt-1c0"), vec![early]),
        (text("00000001"), vec![early]),
        (text("9_1"), vec![special]),
        (text("1%"), vec![special]),
        (text("%"), vec![special]),
        (text("_"), vec![special]),
        (text("\\"), vec![]),
        (text("Cliente 2"), vec![]),
        (together, vec![special]),
    ] {
        let found = listed(&mut unit, &shop, &filter).await?;
        assert_eq!(found, expected, "{filter:?}");
    }
    unit.commit().await
}

/// Newest first; on a tie the higher number.
pub async fn pages(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let old = buy_at(&mut unit, &shop, 1, 5).await?.id();
    let tie = buy_at(&mut unit, &shop, 2, 5).await?.id();
    let new = buy_at(&mut unit, &shop, 3, 9).await?.id();
    let filter = PurchaseFilter::default();
    for (limit, offset, expected) in [
        (2, 0, vec![new, tie]),
        (2, 2, vec![old]),
        (2, 3, vec![]),
        (0, 0, vec![]),
    ] {
        let page = unit
            .purchases()
            .list(&shop.tenant.id, &filter, limit, offset);
        let page = page.await?;
        let ids: Vec<PurchaseId> = page.purchases.iter().map(Purchase::id).collect();
        assert_eq!((page.total, ids), (3, expected));
    }
    unit.commit().await
}

/// The platform owner's lists: by state, or parked ones.
pub async fn by_state(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let created = buy(&mut unit, &shop.product, 1).await?.id();
    let mut parked = buy_and_pay(&mut unit, &shop.product, 2).await?;
    parked.park(ParkReason::Other);
    save(&mut unit, &mut parked).await?;
    let parked = parked.id();
    let theirs = buy(&mut unit, &other.product, 3).await?.id();
    let some = [PurchaseState::Created, PurchaseState::Paid];
    let tenant = Some(&shop.tenant.id);
    for (states, tenant, limit, expected) in [
        (&some[..], None, 10, vec![theirs, parked, created]),
        (&some[..], None, 2, vec![theirs, parked]),
        (&some[..], tenant, 10, vec![parked, created]),
        (&some[..1], tenant, 10, vec![created]),
        (&[], None, 10, vec![parked]),
        (&[PurchaseState::Failed], None, 10, vec![]),
    ] {
        let found = unit
            .purchases()
            .list_by_state(states, tenant, limit)
            .await?;
        let ids: Vec<PurchaseId> = found.iter().map(Purchase::id).collect();
        assert_eq!(ids, expected, "{states:?}");
    }
    unit.commit().await
}

/// Income is what paid sales brought minus what went back of them.
pub async fn totals(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    buy(&mut unit, &shop.product, 1).await?;
    buy_and_send(&mut unit, &shop.product, 2).await?;
    let mut partly = buy_and_pay(&mut unit, &shop.product, 3).await?;
    partly.refund_finished(500, false, NOW).unwrap();
    save(&mut unit, &mut partly).await?;
    buy_and_pay(&mut unit, &shop.product, 4).await?;
    let mut refunded = buy_and_pay(&mut unit, &shop.product, 5).await?;
    refunded.begin_refund(NOW).unwrap();
    refunded.refund_finished(0, true, NOW).unwrap();
    save(&mut unit, &mut refunded).await?;
    buy_and_pay(&mut unit, &other.product, 6).await?;
    let expected = SalesTotals {
        total: 4,
        paid: 2,
        pending: 1,
        income_minor: 1499 + 1999,
        routers: 1,
    };
    let totals = unit.purchases().totals(&shop.tenant.id).await?;
    assert_eq!(totals, expected);
    let income = unit.purchases().income(&shop.tenant.id).await?;
    let sale = partly.sale();
    let expected = Income {
        currency: sale.amount.currency(),
        mode: sale.mode,
        paid: 2,
        income_minor: 1499 + 1999,
    };
    assert_eq!(income, [expected]);
    unit.commit().await
}

/// For the daily audit: by the time of payment, the end excluded.
pub async fn paid_between(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let mut unit = platform(&store).await?;
    let paid = buy_and_pay(&mut unit, &shop.product, 1).await?;
    buy_and_send(&mut unit, &shop.product, 2).await?;
    buy_and_pay(&mut unit, &other.product, 3).await?;
    let (mine, conekta) = (&shop.tenant.id, GatewayKind::Conekta);
    let earlier = NOW.minus(std::time::Duration::from_secs(9));
    let purchases = unit.purchases();
    let found = purchases.list_paid_between(mine, conekta, NOW, after(1));
    assert_eq!(found.await?, [paid]);
    let found = purchases.list_paid_between(mine, conekta, earlier, NOW);
    assert_eq!(found.await?, []);
    let gateway = GatewayKind::MercadoPago;
    let found = purchases.list_paid_between(mine, gateway, NOW, after(1));
    assert_eq!(found.await?, []);
    unit.commit().await
}

/// Retention: name, e-mail and phone of finished purchases go, of others they stay.
pub async fn customers_are_blanked(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let mut unit = platform(&store).await?;
    let mut finished = buy_at(&mut unit, &shop, 1, 0).await?;
    hear(&mut unit, &mut finished, PaymentStatus::Approved).await?;
    finished.activated("*B".to_owned(), NOW).unwrap();
    builders::edit(&mut finished, |stored| stored.work.next_run = None);
    save(&mut unit, &mut finished).await?;
    let open = buy_at(&mut unit, &shop, 2, 0).await?;
    let mut removing = buy_at(&mut unit, &shop, 3, 0).await?;
    hear(&mut unit, &mut removing, PaymentStatus::Cancelled).await?;
    let mut recent = buy_at(&mut unit, &shop, 4, 60).await?;
    hear(&mut unit, &mut recent, PaymentStatus::Approved).await?;
    recent.activated("*B".to_owned(), NOW).unwrap();
    save(&mut unit, &mut recent).await?;

    assert_eq!(unit.purchases().blank_customers(after(60), 0).await?, 0);
    assert_eq!(unit.purchases().blank_customers(after(60), 9).await?, 1);
    assert_eq!(unit.purchases().blank_customers(after(60), 9).await?, 0);
    let blank = unit.purchases().find(finished.id()).await?.unwrap();
    assert_eq!(blank.sale().customer.name, "");
    assert_eq!(blank.sale().customer.email.as_str(), "");
    assert_eq!(blank.sale().customer.phone, None);
    assert_eq!(blank.access().name, finished.access().name);
    for kept in [open, removing, recent] {
        let found = unit.purchases().find(kept.id()).await?.unwrap();
        assert_eq!(found.sale().customer, kept.sale().customer);
    }
    unit.commit().await
}
