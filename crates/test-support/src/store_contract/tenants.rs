//! Tenants and their gateway settings.

use domain::gateway::{ByGateway, GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::tenant::{GatewaySettings, TelegramSettings, Tenant};
use domain::user::Role;
use ports::store::error::StoreError;
use ports::store::tenants::{AuditClaim, Logo, PlatformCounts, TenantCounts, TenantProfile};

use crate::builders::{self, NOW, after, sealed};
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};

fn nobody() -> TenantId {
    TenantId::from_random([0; 5])
}

/// A tenant has version 1 of a gateway where something was set, else version 0.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let configured = builders::tenant(1);
    let mut gateways = ByGateway::new(GatewaySettings::unset);
    *gateways.get_mut(GatewayKind::MercadoPago) = GatewaySettings {
        version: 0,
        public_key: Some("APP_USR-1".to_owned()),
        mode: GatewayMode::Live,
        ..GatewaySettings::unset(GatewayKind::MercadoPago)
    };
    let bare = Tenant {
        contact_email: None,
        contact_phone: None,
        gateways,
        telegram: TelegramSettings::default(),
        ..builders::tenant(2)
    };
    let mut unit = platform(&store).await?;
    unit.tenants().insert(&configured).await?;
    unit.tenants().insert(&bare).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let found = unit.tenants().find(&configured.id).await?.unwrap();
    assert_eq!(found, configured);
    let found = unit.tenants().find_for_update(&bare.id).await?.unwrap();
    let mut with_version = bare.clone();
    with_version.gateway_mut(GatewayKind::MercadoPago).version = 1;
    assert_eq!(found, with_version);
    for kind in GatewayKind::ALL {
        let first = unit.tenants().find_gateway_version(&configured.id, kind, 1);
        assert_eq!(first.await?.as_ref(), Some(configured.gateway(kind)));
    }
    assert_eq!(unit.tenants().find(&nobody()).await?, None);
    assert_eq!(unit.tenants().find_for_update(&nobody()).await?, None);
    unit.commit().await
}

/// Every change makes a version; earlier ones stay readable.
pub async fn settings_are_versioned(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let id = &shop.tenant.id;
    let changed = GatewaySettings {
        version: 99,
        secret: Some(sealed("new")),
        mode: GatewayMode::Live,
        webhook_public_keys: vec!["PEM 1".to_owned(), "PEM 2".to_owned()],
        ..shop.tenant.gateway(GatewayKind::Conekta).clone()
    };
    let mut unit = platform(&store).await?;
    assert_eq!(unit.tenants().set_gateway(id, &changed).await?, 2);
    unit.commit().await?;
    let changed = GatewaySettings {
        version: 2,
        ..changed
    };
    let mut unit = platform(&store).await?;
    let kind = GatewayKind::Conekta;
    let first = unit.tenants().find_gateway_version(id, kind, 1).await?;
    assert_eq!(
        first,
        Some(shop.tenant.gateway(GatewayKind::Conekta).clone())
    );
    let second = unit.tenants().find_gateway_version(id, kind, 2).await?;
    assert_eq!(second.as_ref(), Some(&changed));
    assert_eq!(
        unit.tenants().find_gateway_version(id, kind, 3).await?,
        None
    );
    let found = unit.tenants().find(id).await?.unwrap();
    assert_eq!(found.gateway(GatewayKind::Conekta), &changed);
    assert_eq!(
        found.gateway(GatewayKind::MercadoPago),
        shop.tenant.gateway(GatewayKind::MercadoPago)
    );
    let unknown = unit.tenants().set_gateway(&nobody(), &changed).await;
    assert!(matches!(unknown, Err(StoreError::Reference { .. })));
    Ok(())
}

/// Both are noted on a version without making a new one.
pub async fn collector_and_webhook_secret(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let (id, kind) = (&shop.tenant.id, GatewayKind::MercadoPago);
    let mut unit = platform(&store).await?;
    let changed = GatewaySettings {
        secret: Some(sealed("new")),
        ..shop.tenant.gateway(GatewayKind::MercadoPago).clone()
    };
    unit.tenants().set_gateway(id, &changed).await?;
    unit.tenants().set_collector(id, kind, 2, "222").await?;
    unit.tenants().set_collector(id, kind, 1, "111").await?;
    let secret = sealed("webhook");
    assert!(unit.tenants().set_webhook_secret(id, Some(&secret)).await?);
    assert!(!unit.tenants().set_webhook_secret(&nobody(), None).await?);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let present = GatewaySettings {
        version: 2,
        webhook_secret: Some(secret),
        collector: Some("222".to_owned()),
        ..changed
    };
    let found = unit.tenants().find(id).await?.unwrap();
    assert_eq!(found.gateway(GatewayKind::MercadoPago), &present);
    let second = unit.tenants().find_gateway_version(id, kind, 2).await?;
    assert_eq!(second, Some(present));
    let first = GatewaySettings {
        collector: Some("111".to_owned()),
        ..shop.tenant.gateway(GatewayKind::MercadoPago).clone()
    };
    let found = unit.tenants().find_gateway_version(id, kind, 1).await?;
    assert_eq!(found, Some(first));
    unit.commit().await
}

/// Writing answers whether there is such a tenant.
pub async fn profile_and_switch(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let id = &shop.tenant.id;
    let profile = TenantProfile {
        name: "Otro".to_owned(),
        contact_email: None,
        contact_phone: None,
        telegram: TelegramSettings::default(),
    };
    let mut unit = platform(&store).await?;
    assert!(unit.tenants().update_profile(id, &profile).await?);
    assert!(!unit.tenants().update_profile(&nobody(), &profile).await?);
    assert!(unit.tenants().set_active(id, false).await?);
    assert!(!unit.tenants().set_active(&nobody(), false).await?);
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let expected = Tenant {
        name: profile.name,
        contact_email: None,
        contact_phone: None,
        telegram: TelegramSettings::default(),
        is_active: false,
        ..shop.tenant.clone()
    };
    assert_eq!(unit.tenants().find(id).await?, Some(expected));
    unit.commit().await
}

/// By creation time, then id; configured gateways by tenant.
pub async fn lists(store: AnyStore) -> Done {
    let newest = Tenant {
        created_at: after(1),
        ..builders::tenant(1)
    };
    let second = builders::tenant(3);
    let mut first = builders::tenant(2);
    *first.gateway_mut(GatewayKind::Conekta) = GatewaySettings::unset(GatewayKind::Conekta);
    let mut unit = platform(&store).await?;
    for tenant in [&newest, &second, &first] {
        unit.tenants().insert(tenant).await?;
    }
    let listed = unit.tenants().list().await?;
    assert_eq!(listed, [first.clone(), second.clone(), newest.clone()]);
    let configured = unit.tenants().list_configured_gateways().await?;
    let expected = [
        (newest.id.clone(), GatewayKind::Conekta, 1),
        (newest.id, GatewayKind::MercadoPago, 1),
        (first.id, GatewayKind::MercadoPago, 1),
        (second.id.clone(), GatewayKind::Conekta, 1),
        (second.id, GatewayKind::MercadoPago, 1),
    ];
    assert_eq!(configured, expected);
    unit.commit().await
}

/// A new logo takes the place of the old one.
pub async fn logos(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let id = &shop.tenant.id;
    let logo = |name: &str| Logo {
        file_name: name.to_owned(),
        content_type: "image/png".to_owned(),
        content: vec![0x89, 0x50, 0, 0xff],
        etag: format!("etag-{name}"),
    };
    let (old, new) = (logo("logo_1.png"), logo("logo_2.png"));
    for logo in [&old, &new] {
        let mut unit = platform(&store).await?;
        let url = format!("/static/logos/{}", logo.file_name);
        unit.tenants().set_logo(id, logo, &url, NOW).await?;
        unit.commit().await?;
    }
    let mut unit = platform(&store).await?;
    assert_eq!(unit.tenants().find_logo("logo_1.png").await?, None);
    assert_eq!(unit.tenants().find_logo("logo_2.png").await?, Some(new));
    let found = unit.tenants().find(id).await?.unwrap();
    assert_eq!(found.logo_url.as_deref(), Some("/static/logos/logo_2.png"));
    unit.commit().await
}

/// Numbers for the platform owner and of one tenant.
pub async fn counts(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    open_shop(&store, 2).await?;
    let id = &shop.tenant.id;
    let mut unit = platform(&store).await?;
    unit.tenants()
        .set_active(&builders::tenant(2).id, false)
        .await?;
    let admin = builders::user(Role::TenantAdmin(id.clone()), "ana@x.test");
    unit.users().insert(&admin).await?;
    let owner = builders::user(Role::SuperAdmin, "root@x.test");
    unit.users().insert(&owner).await?;
    let idle = builders::router(id, 11);
    unit.routers()
        .insert(&idle, &builders::key_hash(11))
        .await?;
    unit.routers().set_active(id, &idle.id, false).await?;
    for number in 1..=3 {
        let key = builders::api_key(&shop.router, number);
        let hash = builders::key_hash(100 + number);
        unit.api_keys().insert(&key, &hash).await?;
    }
    let revoked = builders::api_key(&shop.router, 1).id;
    let router = &shop.router.id;
    unit.api_keys().revoke(id, router, &revoked, NOW).await?;
    let platform_counts = PlatformCounts {
        tenants: 2,
        active_tenants: 1,
        users: 2,
    };
    assert_eq!(unit.tenants().platform_counts().await?, platform_counts);
    let counts = TenantCounts {
        routers: 2,
        active_routers: 1,
        admins: 1,
        usable_keys: 2,
    };
    assert_eq!(unit.tenants().counts(id, NOW).await?, counts);
    let expired = unit.tenants().counts(id, after(864_000)).await?;
    assert_eq!(expired.usable_keys, 0);
    unit.commit().await
}

/// An account is audited by one at a time, and goes on where the last audit ended.
pub async fn audits_are_claimed_once(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let (tenant, kind) = (&shop.tenant.id, GatewayKind::Conekta);
    let mut unit = platform(&store).await?;
    let tenants = unit.tenants();
    let first = tenants.claim_audit(tenant, kind, NOW, after(60)).await?;
    let new = AuditClaim {
        audited_until: None,
    };
    assert_eq!(first, Some(new));
    let meanwhile = tenants.claim_audit(tenant, kind, after(59), after(200));
    assert_eq!(meanwhile.await?, None);
    let other = GatewayKind::MercadoPago;
    let elsewhere = tenants.claim_audit(tenant, other, after(59), after(200));
    assert_eq!(elsewhere.await?, Some(new));
    let abandoned = tenants.claim_audit(tenant, kind, after(60), after(120));
    assert_eq!(abandoned.await?, Some(new));
    tenants
        .finish_audit(tenant, kind, after(60), after(500))
        .await?;
    let early = tenants.claim_audit(tenant, kind, after(499), after(600));
    assert_eq!(early.await?, None);
    let next = tenants.claim_audit(tenant, kind, after(500), after(600));
    let audited_until = Some(after(60));
    assert_eq!(next.await?, Some(AuditClaim { audited_until }));
    unit.commit().await
}
