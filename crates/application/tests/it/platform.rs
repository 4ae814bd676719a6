//! The platform owner's tenants, users, routers and keys.

use application::platform::api_keys::{
    ApiKeyError, list_keys, newest_key, regenerate_key, revoke_key,
};
use application::platform::audit_log::{AuditQuery, platform_log, tenant_log};
use application::platform::routers::{
    RouterError, create_router, delete_router, find_router, list_routers, toggle_router,
};
use application::platform::tenants::{tenant_stats, toggle_tenant};
use application::platform::users::{
    CreateUser, UserError, create_user, ensure_super_admin, find_user, reset_password, toggle_user,
};
use domain::contact::Email;
use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::secret::Secret;
use futures::executor::block_on;
use ports::store::error::StoreError;

use crate::harness::{OPERATOR, OWNER, Shop, new_operator, new_router, new_user};

fn shop() -> Shop {
    Shop::new(|_| {})
}

fn nobody() -> TenantId {
    TenantId::from_random([9; 5])
}

fn nowhere() -> RouterId {
    RouterId::from_random([9; 4])
}

/// A router that sells nothing; its number.
fn idle_router(shop: &Shop) -> RouterId {
    let created = create_router(&shop.app, &shop.owner, &shop.tenant, new_router());
    block_on(created).unwrap().0.id
}

fn refused(shop: &Shop, command: CreateUser) -> UserError {
    block_on(create_user(&shop.app, &shop.owner, command)).unwrap_err()
}

#[test]
fn a_user_has_one_of_two_roles() {
    let shop = shop();
    let command = CreateUser {
        role: "cajero".to_owned(),
        ..new_user("eva@x.test", None)
    };
    assert!(matches!(refused(&shop, command), UserError::BadRole));
}

#[test]
fn an_operator_needs_a_tenant_that_there_is() {
    let shop = shop();
    let without = |tenant_id: Option<&str>| CreateUser {
        tenant_id: tenant_id.map(str::to_owned),
        ..new_user("eva@x.test", Some(&shop.tenant))
    };
    for tenant in [None, Some(" ")] {
        let refusal = refused(&shop, without(tenant));
        assert!(matches!(refusal, UserError::TenantRequired));
    }
    for tenant in ["EMP_?", nobody().as_str()] {
        let refusal = refused(&shop, without(Some(tenant)));
        assert!(matches!(refusal, UserError::TenantNotFound));
    }
}

#[test]
fn a_super_admin_has_no_tenant() {
    let shop = shop();
    let command = CreateUser {
        role: "super_admin".to_owned(),
        ..new_user("eva@x.test", Some(&shop.tenant))
    };
    assert!(matches!(
        refused(&shop, command),
        UserError::TenantForbidden
    ));
}

#[test]
fn an_address_belongs_to_one_user() {
    let shop = shop();
    let refusal = refused(&shop, new_user(OPERATOR, Some(&shop.tenant)));
    assert!(matches!(refusal, UserError::EmailTaken));
}

#[test]
fn two_who_take_an_address_at_once_are_told_apart_by_the_database() {
    let shop = shop();
    shop.store_fails(|step| match step {
        "users.insert" => Err(StoreError::Conflict {
            constraint: ports::store::error::constraints::USER_EMAIL.to_owned(),
        }),
        _ => Ok(()),
    });
    let refusal = refused(&shop, new_user("eva@x.test", None));
    assert!(matches!(refusal, UserError::EmailTaken));
}

#[test]
fn a_database_that_is_away_is_a_failure() {
    let shop = shop();
    shop.store_fails(|_| Err(StoreError::Unavailable("away".into())));
    let refusal = refused(&shop, new_user("eva@x.test", None));
    assert!(matches!(refusal, UserError::Failure(_)));
}

#[test]
fn the_first_super_admin_is_made_once() {
    let shop = shop();
    let ensure = |email: &str| {
        let (email, password) = (Email::from_stored(email), Secret::new("otra-clave-larga"));
        block_on(ensure_super_admin(&shop.app, &email, password, "Eva")).unwrap()
    };
    assert!(!ensure(OWNER));
    assert!(ensure("eva@x.test"));
    assert!(!ensure("eva@x.test"));
}

#[test]
fn nobody_is_switched_off_who_is_not_there_or_oneself() {
    let shop = shop();
    let toggle = |id: UserId| block_on(toggle_user(&shop.app, &shop.owner, id));
    let refusal = toggle(UserId::new(999));
    assert!(matches!(refusal, Err(UserError::NotFound)));
    let own = shop.owner.session().user().id;
    assert!(matches!(toggle(own), Err(UserError::Own)));
    let operator = shop.operator.session().user().id;
    assert!(!toggle(operator).unwrap());
    assert!(toggle(operator).unwrap());
}

#[test]
fn what_is_not_there_is_not_found() {
    let shop = shop();
    let (app, owner) = (&shop.app, &shop.owner);
    let user = UserId::new(999);
    assert_eq!(block_on(find_user(app, owner, user)).unwrap(), None);
    let password = Secret::new("otra-clave-larga");
    assert!(!block_on(reset_password(app, owner, user, password)).unwrap());
    assert_eq!(
        block_on(toggle_tenant(app, owner, &nobody())).unwrap(),
        None
    );
    assert!(
        block_on(tenant_stats(app, owner, &nobody()))
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_router_belongs_to_a_tenant_that_there_is() {
    let shop = shop();
    let nobody = nobody();
    let created = create_router(&shop.app, &shop.owner, &nobody, new_router());
    let refusal = block_on(created).unwrap_err();
    assert!(matches!(refusal, RouterError::TenantNotFound));
    let refusal = block_on(list_routers(&shop.app, &shop.owner, &nobody)).unwrap_err();
    assert!(matches!(refusal, RouterError::TenantNotFound));
}

#[test]
fn the_router_of_another_tenant_does_not_exist() {
    let shop = shop();
    let (app, owner) = (&shop.app, &shop.owner);
    let other = new_operator(app, owner, "otra@x.test");
    for (tenant, router) in [
        (&shop.tenant, &nowhere()),
        (other.tenant_id(), &shop.router.id),
    ] {
        let refusal = block_on(find_router(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, RouterError::NotFound));
        let refusal = block_on(toggle_router(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, RouterError::NotFound));
        let refusal = block_on(delete_router(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, RouterError::NotFound));
        let refusal = block_on(list_keys(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, ApiKeyError::RouterNotFound));
        let refusal = block_on(newest_key(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, ApiKeyError::RouterNotFound));
        let refusal = block_on(regenerate_key(app, owner, tenant, router)).unwrap_err();
        assert!(matches!(refusal, ApiKeyError::RouterNotFound));
        let key = &shop.key.record.id;
        let refusal = block_on(revoke_key(app, owner, tenant, router, key)).unwrap_err();
        assert!(matches!(refusal, ApiKeyError::RouterNotFound));
    }
}

#[test]
fn a_router_in_use_is_kept() {
    let shop = shop();
    let (app, owner, tenant) = (&shop.app, &shop.owner, &shop.tenant);
    let refusal = block_on(delete_router(app, owner, tenant, &shop.router.id)).unwrap_err();
    let RouterError::InUse(in_use) = refusal else {
        panic!("{refusal}");
    };
    assert_eq!((in_use.products, in_use.purchases), (1, 0));
    let idle = idle_router(&shop);
    block_on(delete_router(app, owner, tenant, &idle)).unwrap();
    let refusal = block_on(find_router(app, owner, tenant, &idle)).unwrap_err();
    assert!(matches!(refusal, RouterError::NotFound));
}

#[test]
fn a_product_that_comes_while_its_router_is_deleted_keeps_it() {
    let shop = shop();
    let idle = idle_router(&shop);
    shop.store_fails(|step| match step {
        "routers.delete" => Err(StoreError::Reference {
            constraint: "productos_router_fkey".to_owned(),
        }),
        _ => Ok(()),
    });
    let deleted = delete_router(&shop.app, &shop.owner, &shop.tenant, &idle);
    assert!(matches!(block_on(deleted), Err(RouterError::InUse(_))));
}

#[test]
fn a_switched_off_router_gets_no_new_key() {
    let shop = shop();
    let (app, owner, tenant) = (&shop.app, &shop.owner, &shop.tenant);
    let router = &shop.router.id;
    assert!(!block_on(toggle_router(app, owner, tenant, router)).unwrap());
    let refusal = block_on(regenerate_key(app, owner, tenant, router)).unwrap_err();
    assert!(matches!(refusal, ApiKeyError::RouterInactive));
    let newest = block_on(newest_key(app, owner, tenant, router))
        .unwrap()
        .unwrap();
    assert_eq!(newest.id, shop.key.record.id, "the present one still works");
}

#[test]
fn a_key_is_revoked_once_and_only_where_it_belongs() {
    let shop = shop();
    let revoke = |key: &ApiKeyId| {
        let router = &shop.router.id;
        block_on(revoke_key(
            &shop.app,
            &shop.owner,
            &shop.tenant,
            router,
            key,
        ))
    };
    let unknown = ApiKeyId::from_random([9; 8]);
    assert!(matches!(revoke(&unknown), Err(ApiKeyError::KeyNotFound)));
    let key = &shop.key.record.id;
    assert_eq!(revoke(key).unwrap(), shop.app.now());
    assert!(matches!(revoke(key), Err(ApiKeyError::AlreadyRevoked)));
}

#[test]
fn a_new_key_replaces_all_present_ones_or_none() {
    let shop = shop();
    let (app, owner, tenant) = (&shop.app, &shop.owner, &shop.tenant);
    let router = &shop.router.id;
    shop.store_fails(|step| match step {
        "unit.commit" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let refusal = block_on(regenerate_key(app, owner, tenant, router)).unwrap_err();
    assert!(matches!(refusal, ApiKeyError::Failure(_)));
    shop.store_works();
    shop.portal();
    let (new, was_there) = block_on(regenerate_key(app, owner, tenant, router)).unwrap();
    assert!(was_there);
    let keys = block_on(list_keys(app, owner, tenant, router)).unwrap();
    let usable: Vec<_> = keys.iter().filter(|key| key.revoked_at.is_none()).collect();
    assert_eq!(usable, [&new.record]);
}

#[test]
fn a_tenant_sees_its_own_part_of_the_audit_log() {
    let shop = shop();
    new_operator(&shop.app, &shop.owner, "otra@x.test");
    let query = || AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    let (_, own) = block_on(tenant_log(&shop.app, &shop.operator, query())).unwrap();
    let tenants: Vec<_> = own.iter().map(|entry| entry.tenant_id.clone()).collect();
    assert!(
        tenants
            .iter()
            .all(|tenant| *tenant == Some(shop.tenant.clone()))
    );
    assert!(own.iter().any(|entry| entry.action == "router.create"));
    let (count, _) = block_on(platform_log(&shop.app, &shop.owner, None, query())).unwrap();
    assert!(count > i64::try_from(own.len()).unwrap());
}
