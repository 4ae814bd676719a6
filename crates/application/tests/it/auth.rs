//! Who gets in: sessions, portals, passwords.

use std::time::Duration;

use application::auth::change_password::{ChangePasswordError, change_password};
use application::auth::login::{LoginError, login};
use application::auth::portal::{self, PortalError};
use application::auth::session::{self, SessionError, logout};
use application::caller::{NotOwner, Origin, Session, WrongRole};
use application::platform::api_keys::{regenerate_key, revoke_key};
use application::platform::tenants::toggle_tenant;
use application::platform::users::{reset_password, toggle_user};
use domain::contact::Email;
use domain::ids::TenantId;
use domain::secret::Secret;
use futures::executor::block_on;
use ports::security::PasswordHash;
use ports::store::error::StoreError;
use ports::store::{Scope, Store};

use crate::harness::{OPERATOR, OWNER, PASSWORD, Shop, log_in};

fn shop() -> Shop {
    Shop::new(|_| {})
}

fn try_login(shop: &Shop, email: &str, password: &str) -> Result<String, LoginError> {
    let (email, password) = (Email::from_stored(email), Secret::new(password));
    block_on(login(&shop.app, &email, password, &Origin::default())).map(|done| done.token)
}

fn token(shop: &Shop) -> String {
    try_login(shop, OPERATOR, PASSWORD).unwrap()
}

fn enter(shop: &Shop, token: &str) -> Result<Session, SessionError> {
    block_on(session::authenticate(&shop.app, token, Origin::default()))
}

#[test]
fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let shop = shop();
    let too_long = "x".repeat(129);
    for (email, password) in [
        (OPERATOR, "otra-clave"),
        ("nadie@x.test", PASSWORD),
        (OPERATOR, too_long.as_str()),
        (OPERATOR, ""),
    ] {
        let refusal = try_login(&shop, email, password);
        assert!(matches!(refusal, Err(LoginError::WrongCredentials)));
    }
}

#[test]
fn only_who_knows_the_password_hears_that_an_account_is_switched_off() {
    let shop = shop();
    let id = shop.operator.session().user().id;
    block_on(toggle_user(&shop.app, &shop.owner, id)).unwrap();
    assert!(matches!(
        try_login(&shop, OPERATOR, PASSWORD),
        Err(LoginError::Inactive)
    ));
    assert!(matches!(
        try_login(&shop, OPERATOR, "otra"),
        Err(LoginError::WrongCredentials)
    ));
}

#[test]
fn an_operator_of_a_switched_off_tenant_does_not_get_in() {
    let shop = shop();
    let before = token(&shop);
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
    assert!(matches!(
        try_login(&shop, OPERATOR, PASSWORD),
        Err(LoginError::Inactive)
    ));
    assert!(matches!(
        enter(&shop, &before),
        Err(SessionError::TenantInactive)
    ));
    // Switched on again, the tokens of before stay ended.
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
    assert!(matches!(enter(&shop, &before), Err(SessionError::Invalid)));
    block_on(toggle_tenant(&shop.app, &shop.owner, &shop.tenant)).unwrap();
    log_in(&shop.app, OWNER);
}

#[test]
fn a_database_that_is_away_is_no_wrong_password() {
    let shop = shop();
    shop.store_fails(|_| Err(StoreError::Unavailable("away".into())));
    assert!(matches!(
        try_login(&shop, OPERATOR, PASSWORD),
        Err(LoginError::Failure(_))
    ));
    let refusal = block_on(portal::authenticate(&shop.app, shop.key.key.expose()));
    assert!(matches!(refusal, Err(PortalError::Failure(_))));
}

#[test]
fn an_outdated_hash_is_replaced_at_login() {
    let shop = shop();
    let id = shop.operator.session().user().id;
    block_on(async {
        let mut unit = shop.store.begin(Scope::Platform).await.unwrap();
        let old = PasswordHash::from_stored(format!("old:{PASSWORD}"));
        assert!(unit.users().change_password(id, &old).await.unwrap());
        unit.commit().await.unwrap();
    });
    enter(&shop, &token(&shop)).unwrap();
    let stored = block_on(async {
        let mut unit = shop.store.begin(Scope::Platform).await.unwrap();
        unit.users().find_password_hash(id).await.unwrap().unwrap()
    });
    assert_eq!(stored.as_str(), format!("plain:{PASSWORD}"));
}

#[test]
fn a_session_token_is_ours_or_opens_nothing() {
    let shop = shop();
    let mut forged = token(&shop);
    forged.push('0');
    for text in ["", "session.00.00", &forged] {
        assert!(
            matches!(enter(&shop, text), Err(SessionError::Invalid)),
            "{text}"
        );
    }
}

#[test]
fn a_session_ends() {
    let shop = shop();
    let token = token(&shop);
    let second = Duration::from_secs(1);
    let lifetime = shop.app.settings().session_lifetime;
    shop.clock.advance(lifetime.saturating_sub(second));
    enter(&shop, &token).unwrap();
    shop.clock.advance(Duration::from_secs(1));
    assert!(matches!(enter(&shop, &token), Err(SessionError::Expired)));
}

#[test]
fn logging_out_ends_this_session_alone() {
    let shop = shop();
    let (one, other) = (token(&shop), token(&shop));
    block_on(logout(&shop.app, &enter(&shop, &one).unwrap())).unwrap();
    assert!(matches!(enter(&shop, &one), Err(SessionError::Invalid)));
    enter(&shop, &other).unwrap();
}

#[test]
fn a_switched_off_user_is_out_at_the_next_request() {
    let shop = shop();
    let token = token(&shop);
    let id = shop.operator.session().user().id;
    block_on(toggle_user(&shop.app, &shop.owner, id)).unwrap();
    assert!(matches!(enter(&shop, &token), Err(SessionError::Inactive)));
}

#[test]
fn a_new_password_ends_every_session() {
    let shop = shop();
    let before = token(&shop);
    let session = enter(&shop, &before).unwrap();
    let (current, new) = (Secret::new(PASSWORD), Secret::new("la-segunda-clave"));
    block_on(change_password(&shop.app, &session, current, new)).unwrap();
    assert!(matches!(enter(&shop, &before), Err(SessionError::Invalid)));
    let second = try_login(&shop, OPERATOR, "la-segunda-clave").unwrap();
    let id = shop.operator.session().user().id;
    let third = Secret::new("la-tercera-clave");
    assert!(block_on(reset_password(&shop.app, &shop.owner, id, third)).unwrap());
    assert!(matches!(enter(&shop, &second), Err(SessionError::Invalid)));
    try_login(&shop, OPERATOR, "la-tercera-clave").unwrap();
}

#[test]
fn a_password_is_changed_by_who_knows_it_to_one_that_fits() {
    let shop = shop();
    let session = enter(&shop, &token(&shop)).unwrap();
    let change = |current: &str, new: &str| {
        let (current, new) = (Secret::new(current), Secret::new(new));
        block_on(change_password(&shop.app, &session, current, new)).unwrap_err()
    };
    let long = "x".repeat(129);
    for new in ["1234567", long.as_str()] {
        assert!(matches!(
            change(PASSWORD, new),
            ChangePasswordError::BadLength
        ));
    }
    for current in ["otra-clave", long.as_str()] {
        let refusal = change(current, "la-segunda-clave");
        assert!(matches!(refusal, ChangePasswordError::WrongCurrent));
    }
}

#[test]
fn the_roles_are_disjoint() {
    let shop = shop();
    let operator = shop.operator.session().clone();
    let owner = shop.owner.session().clone();
    let refusal = operator.clone().into_super_admin().unwrap_err();
    assert_eq!(refusal, WrongRole::SuperAdminRequired);
    let refusal = owner.clone().into_tenant_admin().unwrap_err();
    assert_eq!(refusal, WrongRole::TenantAdminRequired);
    let other = TenantId::from_random([9; 5]);
    assert_eq!(operator.into_owner_of(&other).unwrap_err(), NotOwner);
    assert_eq!(owner.into_owner_of(&other).unwrap().tenant_id(), &other);
}

fn knock(shop: &Shop, key: &str) -> Result<(), PortalError> {
    block_on(portal::authenticate(&shop.app, key)).map(|_| ())
}

#[test]
fn an_api_key_is_ours_or_opens_nothing() {
    let shop = shop();
    let key = shop.key.key.expose();
    let bare = key.trim_start_matches("jwt_");
    assert!(matches!(knock(&shop, bare), Err(PortalError::Format)));
    assert!(matches!(knock(&shop, "jwt_x"), Err(PortalError::Invalid)));
    assert!(matches!(
        knock(&shop, &format!("{key}0")),
        Err(PortalError::Invalid)
    ));
    let session = format!("jwt_{}", token(&shop));
    assert!(matches!(knock(&shop, &session), Err(PortalError::Invalid)));
    knock(&shop, key).unwrap();
}

#[test]
fn an_api_key_expires() {
    let shop = shop();
    shop.clock
        .advance(shop.app.settings().api_key_lifetime + Duration::from_secs(1));
    let refusal = knock(&shop, shop.key.key.expose());
    assert!(matches!(refusal, Err(PortalError::Expired)));
}

#[test]
fn a_revoked_or_replaced_api_key_opens_nothing() {
    let shop = shop();
    let (tenant, router) = (&shop.tenant, &shop.router.id);
    let (new, _) = block_on(regenerate_key(&shop.app, &shop.owner, tenant, router)).unwrap();
    assert!(matches!(
        knock(&shop, shop.key.key.expose()),
        Err(PortalError::Revoked)
    ));
    knock(&shop, new.key.expose()).unwrap();
    block_on(revoke_key(
        &shop.app,
        &shop.owner,
        tenant,
        router,
        &new.record.id,
    ))
    .unwrap();
    assert!(matches!(
        knock(&shop, new.key.expose()),
        Err(PortalError::Revoked)
    ));
}
