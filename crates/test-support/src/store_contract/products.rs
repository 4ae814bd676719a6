//! Products.

use domain::ids::ProductId;
use domain::product::{Product, ProductDraft};
use ports::store::error::{StoreError, constraints};
use ports::store::products::Offer;

use crate::builders::{self, NOW, after, price};
use crate::store_contract::shop::{AnyStore, Done, Shop, open_shop, platform};

const NOTHING: ProductId = ProductId::new(1_000_000);

async fn sell(
    store: &AnyStore,
    shop: &Shop,
    draft: &ProductDraft,
    at: u64,
) -> Result<Product, StoreError> {
    let mut unit = platform(store).await?;
    let stored = unit.products().insert(&shop.tenant.id, draft, after(at));
    let product = stored.await?;
    unit.commit().await?;
    Ok(product)
}

/// A product is found by its tenant alone.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let draft = ProductDraft {
        price: price(9_999_999_999),
        details_json: r#"["1 hora","5 Mbps"]"#.to_owned(),
        ..builders::draft(&shop.router.id, "*2")
    };
    let product = sell(&store, &shop, &draft, 3).await?;
    assert_eq!((product.price, product.created_at), (draft.price, after(3)));
    let mut unit = platform(&store).await?;
    let (mine, theirs) = (&shop.tenant.id, &other.tenant.id);
    let found = unit.products().find(mine, product.id).await?.unwrap();
    let without_blanks = |json: &str| json.replace(' ', "");
    assert_eq!(
        without_blanks(&found.details_json),
        without_blanks(&draft.details_json)
    );
    let details_json = found.details_json.clone();
    let expected = Product {
        details_json,
        ..product.clone()
    };
    assert_eq!(found, expected);
    let locked = unit.products().find_for_update(mine, product.id).await?;
    assert_eq!(locked, Some(found));
    assert_eq!(unit.products().find(theirs, product.id).await?, None);
    let locked = unit.products().find_for_update(theirs, product.id).await?;
    assert_eq!(locked, None);
    assert_eq!(unit.products().find(mine, NOTHING).await?, None);
    unit.commit().await
}

/// One product per router and profile; switched-off ones count.
pub async fn profiles_are_sold_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let off = ProductDraft {
        is_active: false,
        ..builders::draft(&shop.router.id, "*2")
    };
    sell(&store, &shop, &off, 0).await?;
    let again = builders::draft(&shop.router.id, "*2");
    let refused = sell(&store, &shop, &again, 0).await.unwrap_err();
    let is_conflict = refused.is_conflict_on(constraints::PRODUCT_PROFILE);
    assert!(is_conflict, "{refused:?}");
    let other = open_shop(&store, 2).await?;
    sell(&store, &other, &builders::draft(&other.router.id, "*2"), 0).await?;
    Ok(())
}

/// By display order, then newest first, then id.
pub async fn lists(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let second = builders::router(&shop.tenant.id, 9);
    let mut unit = platform(&store).await?;
    unit.routers().insert(&second, "hash").await?;
    unit.commit().await?;
    let draft = |profile: &str, order: i32| ProductDraft {
        display_order: order,
        ..builders::draft(&shop.router.id, profile)
    };
    let last = sell(&store, &shop, &draft("*2", 5), 9).await?;
    let newest = sell(&store, &shop, &draft("*3", 0), 8).await?;
    let twin = sell(&store, &shop, &draft("*4", 0), 8).await?;
    let elsewhere = builders::draft(&second.id, "*1");
    let elsewhere = sell(&store, &shop, &elsewhere, 1).await?;
    let ids = |products: Vec<Product>| products.iter().map(|one| one.id).collect::<Vec<_>>();
    let mut unit = platform(&store).await?;
    let tenant = &shop.tenant.id;
    let all = ids(unit.products().list(tenant, None).await?);
    let oldest = shop.product.id;
    assert_eq!(all, [newest.id, twin.id, elsewhere.id, oldest, last.id]);
    let here = unit.products().list(tenant, Some(&shop.router.id)).await?;
    assert_eq!(ids(here), [newest.id, twin.id, oldest, last.id]);
    unit.commit().await
}

/// What a portal shows: active ones of its router, featured first among equals.
pub async fn for_sale(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let draft = builders::draft(&shop.router.id, "*2");
    let featured = ProductDraft {
        is_featured: true,
        ..draft.clone()
    };
    let featured = sell(&store, &shop, &featured, 0).await?;
    let off = ProductDraft {
        is_active: false,
        profile_id: "*3".to_owned(),
        ..draft
    };
    let off = sell(&store, &shop, &off, 0).await?;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let mut unit = platform(&store).await?;
    let products = unit.products();
    let listed = products.list_for_sale(tenant, router).await?;
    assert_eq!(listed, [featured.clone(), shop.product.clone()]);
    let (theirs, their_router) = (&other.tenant.id, &other.router.id);
    for (tenant, router, id, is_sold) in [
        (tenant, router, featured.id, true),
        (tenant, router, off.id, false),
        (tenant, router, NOTHING, false),
        (tenant, their_router, featured.id, false),
        (theirs, router, featured.id, false),
        (theirs, their_router, featured.id, false),
    ] {
        let found = products.find_for_sale(tenant, router, id).await?;
        assert_eq!(found.is_some(), is_sold);
        let offer = products.find_offer(tenant, router, id).await?;
        assert_eq!(offer.is_some(), is_sold || id == off.id);
    }
    let offer = products.find_offer(tenant, router, off.id).await?;
    let expected = Offer {
        product: off,
        router: shop.router.clone(),
        tenant: shop.tenant.clone(),
    };
    assert_eq!(offer, Some(expected));
    unit.commit().await
}

/// Everything else can be written.
pub async fn update_keeps_router_and_profile(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let changed = Product {
        router_id: other.router.id.clone(),
        profile_id: "*9".to_owned(),
        profile_name: "otro".to_owned(),
        sale_name: "2 horas".to_owned(),
        description: None,
        image_url: Some("https://x.test/a.png".to_owned()),
        price: price(2500),
        is_active: false,
        display_order: -3,
        is_featured: true,
        created_at: after(99),
        ..shop.product.clone()
    };
    let mut unit = platform(&store).await?;
    assert!(unit.products().update(&changed).await?);
    let foreign = Product {
        tenant_id: other.tenant.id,
        ..changed.clone()
    };
    assert!(!unit.products().update(&foreign).await?);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let expected = Product {
        router_id: shop.product.router_id,
        profile_id: shop.product.profile_id,
        profile_name: shop.product.profile_name,
        created_at: NOW,
        ..changed
    };
    let found = unit.products().find(&shop.tenant.id, shop.product.id);
    assert_eq!(found.await?, Some(expected));
    unit.commit().await
}

/// Another tenant's router is a broken reference.
pub async fn needs_its_own_router(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let draft = builders::draft(&other.router.id, "*2");
    let refused = sell(&store, &shop, &draft, 0).await;
    assert!(matches!(refused, Err(StoreError::Reference { .. })));
    Ok(())
}
