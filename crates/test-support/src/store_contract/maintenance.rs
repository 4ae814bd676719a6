//! Key rotation and the installation's own id.

use std::collections::BTreeSet;

use domain::gateway::{GatewayKind, PaymentStatus};
use domain::purchase::Sale;
use domain::router::Router;
use domain::secret::Sealed;
use domain::tenant::GatewaySettings;
use ports::store::UnitOfWork;
use ports::store::error::StoreError;
use ports::store::inbox::InboxEntry;
use ports::store::maintenance::{SealedPosition, SealedRow};

use crate::builders::{self, NOW, token_digest};
use crate::store_contract::shop::{AnyStore, Done, buy_and_send, hear, open_shop, platform};

/// The same every time.
pub async fn installation_id_is_stable(store: AnyStore) -> Done {
    let mut ids = BTreeSet::new();
    for _asked in 0..2 {
        let mut unit = platform(&store).await?;
        ids.insert(unit.maintenance().installation_id().await?);
        unit.commit().await?;
    }
    assert_eq!(ids.len(), 1);
    assert!(!ids.contains(""));
    Ok(())
}

/// Walks over all secrets that another key sealed, so many at a time.
async fn sealed_otherwise(
    unit: &mut Box<dyn UnitOfWork>,
    key_id: &str,
    limit: i64,
) -> Result<Vec<SealedRow>, StoreError> {
    let mut found: Vec<SealedRow> = Vec::new();
    let mut position = Some(SealedPosition::default());
    while let Some(after) = position {
        let secrets = unit.maintenance();
        let page = secrets.list_sealed_otherwise(key_id, &after, limit).await?;
        assert!(page.rows.len() <= usize::try_from(limit).unwrap());
        for row in page.rows {
            if !found.contains(&row) {
                found.push(row);
            }
        }
        position = page.next;
    }
    Ok(found)
}

fn text(what: &str) -> Sealed {
    Sealed::from_stored(what)
}

/// All places where secrets stand, each named by the context it was sealed in.
pub async fn finds_what_other_keys_sealed(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let tenant = &shop.tenant;
    let mut unit = platform(&store).await?;
    let new = Sale {
        hotspot_password: text("k2:hotspot"),
        ..builders::purchase(&shop.product, 1)
    };
    unit.purchases()
        .insert(&new, builders::LOCKED_UNTIL, &token_digest(1))
        .await?;
    let notice = InboxEntry {
        id: 0,
        gateway: GatewayKind::Conekta,
        tenant_id: tenant.id.clone(),
        event_id: "a".to_owned(),
        topic: "order.paid".to_owned(),
        order_id: None,
        payment_id: None,
        reference: None,
        is_verified: true,
        body_hash: "abc".to_owned(),
        body: Some(text("k3:body")),
        received_at: NOW,
        attempts: 0,
    };
    unit.inbox().push(&notice).await?;
    // An old value without a key id is found, but names no key.
    let old = text("gAAAAABold");
    unit.tenants()
        .set_webhook_secret(&tenant.id, Some(&old))
        .await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let mut ids = unit.maintenance().sealed_key_ids().await?;
    ids.sort();
    // Nobody opens the body: its key is not needed.
    assert_eq!(ids, ["k1", "k2"]);

    let row = |table, column, row: &str, sealed: &Sealed| SealedRow {
        table,
        column,
        tenant_id: tenant.id.clone(),
        row: row.to_owned(),
        sealed: sealed.clone(),
    };
    let id = tenant.id.as_str();
    let conekta = tenant
        .gateway(GatewayKind::Conekta)
        .secret
        .as_ref()
        .unwrap();
    let mercado_pago = tenant
        .gateway(GatewayKind::MercadoPago)
        .secret
        .as_ref()
        .unwrap();
    let telegram = tenant.telegram.bot_token.as_ref().unwrap();
    let attempt = new.attempt_id.to_string();
    let all = [
        row("empresas", "conekta_private_key", id, conekta),
        row("empresas", "mercado_pago_access_token", id, mercado_pago),
        row("empresas", "mercado_pago_webhook_secret", id, &old),
        row("empresas", "telegram_bot_token", id, telegram),
        row(
            "routers",
            "password_encrypted",
            shop.router.id.as_str(),
            &shop.router.password,
        ),
        row(
            "transacciones",
            "password_hotspot",
            &attempt,
            &text("k2:hotspot"),
        ),
        row("bandeja_webhooks", "cuerpo", "abc", &text("k3:body")),
    ];
    let listed =
        |rows: Vec<SealedRow>| -> Vec<Sealed> { rows.into_iter().map(|row| row.sealed).collect() };
    let others = sealed_otherwise(&mut unit, "k4", 100).await?;
    assert_eq!(others.len(), all.len());
    for row in &all {
        assert!(others.contains(row), "{row:?}");
    }
    let others = sealed_otherwise(&mut unit, "k1", 100).await?;
    let mut found: Vec<String> = listed(others)
        .iter()
        .map(|sealed| sealed.as_str().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["gAAAAABold", "k2:hotspot", "k3:body"]);
    let some = sealed_otherwise(&mut unit, "k4", 2).await?;
    assert_eq!(some.len(), all.len(), "page by page");
    unit.commit().await
}

/// Present and earlier versions alike; nothing else changes, revisions and versions least of all.
pub async fn replaces_wherever_it_stands(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let tenant = &shop.tenant;
    let mut unit = platform(&store).await?;
    let mut purchase = buy_and_send(&mut unit, &shop.product, 1).await?;
    let same_secret = GatewaySettings {
        public_key: Some("other".to_owned()),
        ..tenant.gateway(GatewayKind::Conekta).clone()
    };
    unit.tenants().set_gateway(&tenant.id, &same_secret).await?;
    let other_secret = GatewaySettings {
        secret: Some(text("k1:newer")),
        ..tenant.gateway(GatewayKind::MercadoPago).clone()
    };
    unit.tenants()
        .set_gateway(&tenant.id, &other_secret)
        .await?;
    unit.commit().await?;

    let mut unit = platform(&store).await?;
    unit.maintenance().begin_key_retirement("k2").await?;
    assert_eq!(unit.maintenance().sealed_key_ids().await?, ["k1"]);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    for row in sealed_otherwise(&mut unit, "k2", 100).await? {
        let new = Sealed::from_stored(row.sealed.as_str().replacen("k1:", "k2:", 1));
        let rotated = unit.maintenance().replace_sealed(&row, &new).await?;
        assert!(rotated, "{row:?}");
        let again = unit.maintenance().replace_sealed(&row, &new).await?;
        assert!(!again, "{row:?} stands nowhere any more");
    }
    unit.commit().await?;

    let mut unit = platform(&store).await?;
    let left = sealed_otherwise(&mut unit, "k2", 100).await?;
    assert_eq!(left, []);
    unit.maintenance().end_key_retirement().await?;
    assert_eq!(unit.maintenance().sealed_key_ids().await?, ["k2"]);
    let secret = text("k2:conekta-secret-1");
    let found = unit.tenants().find(&tenant.id).await?.unwrap();
    assert_eq!(
        found.gateway(GatewayKind::Conekta).secret.as_ref(),
        Some(&secret)
    );
    assert_eq!(found.gateway(GatewayKind::Conekta).version, 2);
    let kind = GatewayKind::Conekta;
    let first = unit.tenants().find_gateway_version(&tenant.id, kind, 1);
    let expected = GatewaySettings {
        secret: Some(secret),
        ..tenant.gateway(GatewayKind::Conekta).clone()
    };
    assert_eq!(first.await?, Some(expected));
    // This one stands in an earlier version only.
    let kind = GatewayKind::MercadoPago;
    let first = unit.tenants().find_gateway_version(&tenant.id, kind, 1);
    let secret = first.await?.unwrap().secret;
    assert_eq!(secret, Some(text("k2:mercado_pago-secret-1")));
    let router = unit.routers().find(&tenant.id, &shop.router.id).await?;
    let expected = Router {
        password: text("k2:router-1"),
        ..shop.router.clone()
    };
    assert_eq!(router, Some(expected));
    // Whoever was working on the purchase is not disturbed.
    hear(&mut unit, &mut purchase, PaymentStatus::Approved).await?;
    let found = unit.purchases().find(purchase.id()).await?.unwrap();
    assert_eq!(found.sale().hotspot_password, text("k2:hotspot-1"));
    unit.commit().await
}
