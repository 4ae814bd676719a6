//! One tenant's unit sees, finds, changes, stores and claims nothing of another one.

use std::time::Duration;

use domain::audit::{Actor, AuditEntry};
use domain::contact::Email;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::notification::NotificationKind;
use domain::product::Product;
use domain::purchase::{Purchase, PurchaseState};
use domain::refund::Refund;
use domain::router::Router;
use domain::tenant::TelegramSettings;
use domain::user::{Role, User};
use ports::security::PasswordHash;
use ports::store::api_keys::KeyUse;
use ports::store::audit::AuditFilter;
use ports::store::error::StoreError;
use ports::store::inbox::InboxEntry;
use ports::store::maintenance::SealedPosition;
use ports::store::outbox::NewNotification;
use ports::store::purchases::{Claim, KeyKind, PurchaseFilter, PurchaseKey};
use ports::store::routers::RouterUse;
use ports::store::tenants::{Logo, PlatformCounts, TenantCounts, TenantProfile};
use ports::store::users::UserFilter;
use uuid::Uuid;

use crate::builders::{self, NOW, after, token_digest};
use crate::store_contract::shop::{AnyStore, Done, Shop, buy_and_pay, open_shop, platform, scoped};

/// Everything that a tenant can have.
struct Full {
    shop: Shop,
    user: User,
    sale: Purchase,
    refund: Refund,
    key: PurchaseKey,
}

fn notification(tenant: &TenantId) -> NewNotification {
    NewNotification {
        tenant_id: tenant.clone(),
        kind: NotificationKind::SaleApproved,
        purchase_id: None,
        created_at: NOW,
    }
}

fn inbox_entry(tenant: &TenantId) -> InboxEntry {
    InboxEntry {
        id: 0,
        gateway: GatewayKind::Conekta,
        tenant_id: tenant.clone(),
        event_id: "a".to_owned(),
        topic: "order.paid".to_owned(),
        order_id: None,
        payment_id: None,
        reference: None,
        is_verified: true,
        body_hash: "abc".to_owned(),
        body: Some(builders::sealed("body")),
        received_at: NOW,
        attempts: 0,
    }
}

fn audit_entry(tenant: &TenantId) -> AuditEntry {
    AuditEntry {
        id: 0,
        actor: Actor::System,
        action: "router.create".to_owned(),
        tenant_id: Some(tenant.clone()),
        subject: ("router".to_owned(), "RTR_1".to_owned()),
        detail: None,
        remote_address: None,
        at: NOW,
    }
}

fn logo(name: &str) -> Logo {
    Logo {
        file_name: name.to_owned(),
        content_type: "image/png".to_owned(),
        content: vec![1],
        etag: "etag".to_owned(),
    }
}

async fn open_full(store: &AnyStore) -> Result<Full, StoreError> {
    let shop = open_shop(store, 1).await?;
    let id = &shop.tenant.id;
    let mut unit = platform(store).await?;
    let admin = builders::user(Role::TenantAdmin(id.clone()), "ana@x.test");
    let user = unit.users().insert(&admin).await?;
    let api_key = builders::api_key(&shop.router, 1);
    unit.api_keys().insert(&api_key, "hash").await?;
    let sale = buy_and_pay(&mut unit, &shop.product, 1).await?;
    let key = PurchaseKey {
        kind: KeyKind::Header,
        key: "key".to_owned(),
    };
    let keys = std::slice::from_ref(&key);
    unit.purchases().claim_keys(&sale, keys, "print").await?;
    let new = builders::refund(id, sale.id(), 1, 100);
    let refund = unit.refunds().insert(&new).await?;
    unit.outbox().push(&notification(id)).await?;
    unit.inbox().push(&inbox_entry(id)).await?;
    unit.audit().append(&audit_entry(id)).await?;
    unit.tenants()
        .set_logo(id, &logo("a.png"), "/a.png", NOW)
        .await?;
    unit.commit().await?;
    Ok(Full {
        shop,
        user,
        sale,
        refund,
        key,
    })
}

/// Lists, counts and sums.
pub async fn reads_nothing_of_others(store: AnyStore) -> Done {
    let full = open_full(&store).await?;
    let me = open_shop(&store, 2).await?;
    let (theirs, router) = (&full.shop.tenant.id, &full.shop.router.id);
    let mut unit = scoped(&store, &me.tenant.id).await?;
    let listed = unit.tenants().list().await?;
    assert_eq!(listed, std::slice::from_ref(&me.tenant));
    let gateways = unit.tenants().list_configured_gateways().await?;
    assert!(gateways.iter().all(|(tenant, ..)| *tenant == me.tenant.id));
    let counts = unit.tenants().platform_counts().await?;
    let only_me = PlatformCounts {
        tenants: 1,
        active_tenants: 1,
        users: 0,
    };
    assert_eq!(counts, only_me);
    let counts = unit.tenants().counts(theirs, NOW).await?;
    assert_eq!(counts, TenantCounts::default());
    assert_eq!(unit.users().list(&UserFilter::default()).await?, []);
    assert_eq!(unit.users().count_tenant_admins(theirs).await?, 0);
    assert_eq!(unit.routers().list(theirs).await?, []);
    let used = unit.routers().count_use(theirs, router).await?;
    assert_eq!(used, RouterUse::default());
    assert_eq!(unit.api_keys().list(theirs, router).await?, []);
    assert_eq!(unit.products().list(theirs, None).await?, []);
    assert_eq!(unit.products().list_for_sale(theirs, router).await?, []);
    let filter = PurchaseFilter::default();
    let page = unit.purchases().list(theirs, &filter, 10, 0).await?;
    assert_eq!((page.total, page.purchases), (0, vec![]));
    let states = PurchaseState::ALL;
    assert_eq!(unit.purchases().list_by_state(&states, None, 10).await?, []);
    assert_eq!(unit.purchases().totals(theirs).await?.total, 0);
    assert_eq!(unit.purchases().totals(theirs).await?.routers, 0);
    assert_eq!(unit.purchases().open_work().await?.awaiting_access, 0);
    let paid = unit
        .purchases()
        .list_paid_between(theirs, GatewayKind::Conekta, NOW, after(9))
        .await?;
    assert_eq!(paid, []);
    assert_eq!(unit.refunds().list(full.sale.id()).await?, []);
    assert_eq!(unit.outbox().count().await?, 0);
    assert_eq!(unit.inbox().count().await?, 0);
    let (total, entries) = unit.audit().list(&AuditFilter::default(), 10, 0).await?;
    assert_eq!((total, entries), (0, vec![]));
    let sealed = unit
        .maintenance()
        .list_sealed_otherwise("none", &SealedPosition::default(), 100)
        .await?;
    assert!(!sealed.rows.is_empty());
    assert!(sealed.rows.iter().all(|row| row.tenant_id == me.tenant.id));
    unit.commit().await
}

/// Look-ups by every key there is.
pub async fn finds_nothing_of_others(store: AnyStore) -> Done {
    let full = open_full(&store).await?;
    let me = open_shop(&store, 2).await?;
    let (shop, sale) = (&full.shop, &full.sale);
    let (theirs, router) = (&shop.tenant.id, &shop.router.id);
    let conekta = GatewayKind::Conekta;
    let mut unit = scoped(&store, &me.tenant.id).await?;
    assert_eq!(unit.tenants().find(theirs).await?, None);
    assert_eq!(unit.tenants().find_for_update(theirs).await?, None);
    let version = unit.tenants().find_gateway_version(theirs, conekta, 1);
    assert_eq!(version.await?, None);
    assert_eq!(unit.tenants().find_logo("a.png").await?, None);
    let user = full.user.id;
    let email = Email::from_stored("ana@x.test");
    assert_eq!(unit.users().find(user).await?, None);
    assert_eq!(unit.users().find_login(&email).await?, None);
    assert_eq!(unit.users().find_password_hash(user).await?, None);
    let session = unit.users().find_session(user, Uuid::from_u128(1)).await?;
    assert_eq!(session, None);
    assert_eq!(unit.routers().find(theirs, router).await?, None);
    assert_eq!(unit.routers().find_for_update(theirs, router).await?, None);
    assert_eq!(unit.api_keys().find_by_hash("hash").await?, None);
    let key = builders::api_key(&shop.router, 1).id;
    assert_eq!(unit.api_keys().find(theirs, router, &key).await?, None);
    let product = shop.product.id;
    let products = unit.products();
    assert_eq!(products.find(theirs, product).await?, None);
    assert_eq!(products.find_for_update(theirs, product).await?, None);
    assert_eq!(products.find_for_sale(theirs, router, product).await?, None);
    assert_eq!(products.find_offer(theirs, router, product).await?, None);
    let purchases = unit.purchases();
    assert_eq!(purchases.find(sale.id()).await?, None);
    assert_eq!(purchases.find_by_key(router, &full.key).await?, None);
    assert_eq!(
        purchases.find_by_token(router, &token_digest(1)).await?,
        None
    );
    let found = purchases
        .find_by_reference(conekta, &sale.sale().reference)
        .await?;
    assert_eq!(found, None);
    let order = sale.payment().order_id.as_deref().unwrap();
    assert_eq!(purchases.find_by_gateway_id(conekta, order).await?, None);
    let name = sale.access().name.as_str();
    assert_eq!(purchases.find_by_hotspot_name(router, name).await?, None);
    let names = [name.to_owned()];
    assert!(purchases.taken_names(router, &names).await?.is_empty());
    let person = sale.sale().person();
    let open = purchases.find_open_of(&person, full.shop.product.id);
    assert_eq!(open.await?, None);
    let mut other = sale.clone();
    builders::edit(&mut other, |stored| {
        stored.id = domain::ids::PurchaseId::new(1_000_000);
    });
    assert_eq!(purchases.list_bought_since(&other).await?, []);
    assert_eq!(unit.refunds().find_open(sale.id()).await?, None);
    let request = full.refund.request_key.as_deref().unwrap();
    let found = unit
        .refunds()
        .find_by_request_key(sale.id(), request)
        .await?;
    assert_eq!(found, None);
    unit.commit().await
}

/// Writes find no row to write.
pub async fn changes_nothing_of_others(store: AnyStore) -> Done {
    let full = open_full(&store).await?;
    let me = open_shop(&store, 2).await?;
    let shop = &full.shop;
    let (theirs, router) = (&shop.tenant.id, &shop.router.id);
    let mut unit = scoped(&store, &me.tenant.id).await?;
    let tenants = unit.tenants();
    let profile = TenantProfile {
        name: "Mío".to_owned(),
        contact_email: None,
        contact_phone: None,
        telegram: TelegramSettings::default(),
    };
    assert!(!tenants.update_profile(theirs, &profile).await?);
    assert!(!tenants.set_active(theirs, false).await?);
    assert!(!tenants.set_webhook_secret(theirs, None).await?);
    tenants
        .set_collector(theirs, GatewayKind::Conekta, 1, "mine")
        .await?;
    let users = unit.users();
    let hash = PasswordHash::from_stored("mine");
    let old = PasswordHash::from_stored("hash-ana@x.test");
    assert!(!users.set_active(full.user.id, false).await?);
    assert!(!users.change_password(full.user.id, &hash).await?);
    users
        .upgrade_password_hash(full.user.id, &old, &hash)
        .await?;
    users.record_login(full.user.id, NOW).await?;
    let changed = Router {
        name: "Mío".to_owned(),
        ..shop.router.clone()
    };
    let routers = unit.routers();
    assert!(!routers.update(&changed).await?);
    assert!(!routers.set_active(theirs, router, false).await?);
    assert!(!routers.set_key_hash(theirs, router, "mine").await?);
    assert!(!routers.record_fingerprint(theirs, router, 1, "aa").await?);
    assert!(!routers.delete(theirs, router).await?);
    let key = builders::api_key(&shop.router, 1).id;
    let keys = unit.api_keys();
    assert!(!keys.revoke(theirs, router, &key, NOW).await?);
    assert_eq!(keys.revoke_all(theirs, router, NOW).await?, 0);
    let used = KeyUse {
        id: key.clone(),
        count: 1,
        last_used_at: NOW,
    };
    keys.record_uses(&[used]).await?;
    let changed = Product {
        sale_name: "Mío".to_owned(),
        ..shop.product.clone()
    };
    assert!(!unit.products().update(&changed).await?);
    let purchases = unit.purchases();
    assert!(!purchases.save(&mut full.sale.clone()).await?);
    purchases.release_keys(full.sale.id(), None).await?;
    assert_eq!(purchases.blank_customers(after(999), 10).await?, 0);
    let refused = Refund {
        state: domain::refund::RefundState::Refused,
        ..full.refund.clone()
    };
    unit.refunds().save(&refused).await?;
    assert_eq!(unit.inbox().purge(after(999), after(999), 9).await?, 0);
    unit.commit().await?;

    let mut unit = platform(&store).await?;
    let tenant = unit.tenants().find(theirs).await?.unwrap();
    assert_eq!(tenant.name, shop.tenant.name);
    assert_eq!(tenant.gateways, shop.tenant.gateways);
    assert!(tenant.is_active);
    assert_eq!(
        unit.users().find(full.user.id).await?,
        Some(full.user.clone())
    );
    let stored = unit.users().find_password_hash(full.user.id).await?;
    assert_eq!(stored, Some(old));
    let found = unit.routers().find(theirs, router).await?;
    assert_eq!(found.as_ref(), Some(&shop.router));
    let found = unit.api_keys().find(theirs, router, &key).await?;
    assert_eq!(found, Some(builders::api_key(&shop.router, 1)));
    let found = unit.products().find(theirs, shop.product.id).await?;
    assert_eq!(found.as_ref(), Some(&shop.product));
    let found = unit.purchases().find_by_key(router, &full.key).await?;
    assert_eq!(found.unwrap().purchase, full.sale);
    let found = unit.refunds().find_open(full.sale.id()).await?;
    assert_eq!(found, Some(full.refund));
    unit.commit().await
}

/// Rows in another tenant's name are refused, each in a unit of its own.
pub async fn stores_nothing_for_others(store: AnyStore) -> Done {
    let full = open_full(&store).await?;
    let me = open_shop(&store, 2).await?;
    let shop = &full.shop;
    let (mine, theirs) = (&me.tenant.id, &shop.tenant.id);
    let begin = || scoped(&store, mine);
    let at_most = |outcome: bool, what: &str| assert!(outcome, "{what} was stored");
    let tenant = builders::tenant(3);
    let outcome = begin().await?.tenants().insert(&tenant).await;
    at_most(outcome.is_err(), "tenant");
    let settings = shop.tenant.gateway(GatewayKind::Conekta);
    let outcome = begin().await?.tenants().set_gateway(theirs, settings).await;
    at_most(outcome.is_err(), "gateway version");
    let picture = logo("b.png");
    let outcome = begin()
        .await?
        .tenants()
        .set_logo(theirs, &picture, "/b.png", NOW)
        .await;
    at_most(outcome.is_err(), "logo");
    for role in [Role::SuperAdmin, Role::TenantAdmin(theirs.clone())] {
        let user = builders::user(role, "eva@x.test");
        let outcome = begin().await?.users().insert(&user).await;
        at_most(outcome.is_err(), "user");
    }
    let router = builders::router(theirs, 9);
    let outcome = begin().await?.routers().insert(&router, "h").await;
    at_most(outcome.is_err(), "router");
    let key = builders::api_key(&shop.router, 9);
    let outcome = begin().await?.api_keys().insert(&key, "h").await;
    at_most(outcome.is_err(), "key");
    let draft = builders::draft(&shop.router.id, "*9");
    let outcome = begin().await?.products().insert(theirs, &draft, NOW).await;
    at_most(outcome.is_err(), "product");
    let sale = builders::purchase(&shop.product, 9);
    let digest = token_digest(9);
    let outcome = begin()
        .await?
        .purchases()
        .insert(&sale, builders::LOCKED_UNTIL, &digest)
        .await;
    at_most(outcome.is_err(), "purchase");
    let keys = [PurchaseKey {
        kind: KeyKind::Header,
        key: "new".to_owned(),
    }];
    let mut unit = begin().await?;
    let outcome = unit.purchases().claim_keys(&full.sale, &keys, "p").await;
    at_most(outcome.is_err(), "purchase key");
    drop(unit);
    let refund = builders::refund(theirs, full.sale.id(), 9, 1);
    let outcome = begin().await?.refunds().insert(&refund).await;
    at_most(outcome.is_err(), "refund");
    let mut unit = begin().await?;
    unit.outbox().push(&notification(theirs)).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    at_most(unit.outbox().count().await? == 1, "notification");
    drop(unit);
    let event = InboxEntry {
        event_id: "b".to_owned(),
        ..inbox_entry(theirs)
    };
    let outcome = begin().await?.inbox().push(&event).await;
    at_most(outcome.is_err(), "webhook");
    let outcome = begin().await?.audit().append(&audit_entry(theirs)).await;
    at_most(outcome.is_err(), "audit entry");
    Ok(())
}

/// Work of others is not handed out.
pub async fn claims_nothing_of_others(store: AnyStore) -> Done {
    let full = open_full(&store).await?;
    let me = open_shop(&store, 2).await?;
    let lease = Duration::from_secs(30);
    let claim = Claim {
        now: after(999),
        lease,
        limit: 10,
        per_tenant: 10,
        skip: Vec::new(),
    };
    let mut unit = scoped(&store, &me.tenant.id).await?;
    assert_eq!(unit.purchases().claim_due(&claim).await?, []);
    assert_eq!(unit.outbox().claim(claim.now, lease, 10).await?, []);
    assert_eq!(unit.inbox().claim(&claim).await?, []);
    unit.commit().await?;
    let mut unit = scoped(&store, &full.shop.tenant.id).await?;
    assert_eq!(unit.purchases().claim_due(&claim).await?.len(), 1);
    assert_eq!(unit.outbox().claim(claim.now, lease, 10).await?.len(), 1);
    assert_eq!(unit.inbox().claim(&claim).await?.len(), 1);
    unit.commit().await
}
