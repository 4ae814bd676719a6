//! Panel users and ended sessions.

use domain::contact::Email;
use domain::ids::UserId;
use domain::user::{Role, User};
use ports::security::PasswordHash;
use ports::store::error::{StoreError, constraints};
use ports::store::users::UserFilter;
use uuid::Uuid;

use crate::builders::{self, NOW, after};
use crate::store_contract::shop::{AnyStore, Done, open_shop, platform};

const NOBODY: UserId = UserId::new(1_000_000);

async fn store_user(store: &AnyStore, role: Role, email: &str) -> Result<User, StoreError> {
    let mut unit = platform(store).await?;
    let user = unit.users().insert(&builders::user(role, email)).await?;
    unit.commit().await?;
    Ok(user)
}

/// A new user is active and has never logged in.
pub async fn comes_back_as_stored(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let role = Role::TenantAdmin(shop.tenant.id.clone());
    let user = store_user(&store, role.clone(), "ana@x.test").await?;
    assert_eq!((user.role.clone(), user.is_active), (role, true));
    assert_eq!((user.token_version, user.last_login_at), (0, None));
    let mut unit = platform(&store).await?;
    assert_eq!(unit.users().find(user.id).await?.as_ref(), Some(&user));
    assert_eq!(unit.users().find(NOBODY).await?, None);
    let hash = PasswordHash::from_stored("hash-ana@x.test");
    let stored = unit.users().find_password_hash(user.id).await?;
    assert_eq!(stored.as_ref(), Some(&hash));
    let login = unit.users().find_login(&user.email).await?;
    assert_eq!(login, Some((user.clone(), hash.clone(), true)));
    let unknown = Email::from_stored("nobody@x.test");
    assert_eq!(unit.users().find_login(&unknown).await?, None);
    unit.users().record_login(user.id, after(5)).await?;
    unit.tenants().set_active(&shop.tenant.id, false).await?;
    unit.commit().await?;
    let mut unit = platform(&store).await?;
    let seen = User {
        last_login_at: Some(after(5)),
        ..user
    };
    let login = unit.users().find_login(&seen.email).await?;
    assert_eq!(login, Some((seen, hash, false)));
    unit.commit().await
}

/// One account per address, over all tenants.
pub async fn addresses_are_unique(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    store_user(&store, Role::SuperAdmin, "ana@x.test").await?;
    let again = Role::TenantAdmin(shop.tenant.id);
    let refused = store_user(&store, again, "ana@x.test").await.unwrap_err();
    assert!(
        refused.is_conflict_on(constraints::USER_EMAIL),
        "{refused:?}"
    );
    Ok(())
}

/// By id; an unknown role or tenant matches nobody.
pub async fn lists(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let other = open_shop(&store, 2).await?;
    let admin =
        |shop: &crate::store_contract::shop::Shop| Role::TenantAdmin(shop.tenant.id.clone());
    let root = store_user(&store, Role::SuperAdmin, "z@x.test").await?;
    let ana = store_user(&store, admin(&shop), "y@x.test").await?;
    let eva = store_user(&store, admin(&other), "x@x.test").await?;
    let filter = |role: Option<&str>, tenant: Option<&str>| UserFilter {
        role: role.map(str::to_owned),
        tenant_id: tenant.map(str::to_owned),
    };
    let of_shop = shop.tenant.id.as_str();
    let mut unit = platform(&store).await?;
    for (filter, expected) in [
        (filter(None, None), vec![&root, &ana, &eva]),
        (filter(Some("super_admin"), None), vec![&root]),
        (filter(Some("cliente_admin"), None), vec![&ana, &eva]),
        (filter(Some("admin"), None), vec![]),
        (filter(None, Some(of_shop)), vec![&ana]),
        (filter(Some("super_admin"), Some(of_shop)), vec![]),
        (filter(None, Some("EMP_0")), vec![]),
    ] {
        let listed = unit.users().list(&filter).await?;
        assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
    assert_eq!(unit.users().count_tenant_admins(&shop.tenant.id).await?, 1);
    unit.users().set_active(ana.id, false).await?;
    assert_eq!(unit.users().count_tenant_admins(&shop.tenant.id).await?, 0);
    unit.commit().await
}

/// A new password ends all sessions; a new hash of the same one does not.
pub async fn password_ends_sessions(store: AnyStore) -> Done {
    let user = store_user(&store, Role::SuperAdmin, "ana@x.test").await?;
    let hash = |text: &str| PasswordHash::from_stored(text);
    let old = hash("hash-ana@x.test");
    let mut unit = platform(&store).await?;
    let users = unit.users();
    users
        .upgrade_password_hash(user.id, &old, &hash("1"))
        .await?;
    users
        .upgrade_password_hash(user.id, &old, &hash("2"))
        .await?;
    let stored = users.find_password_hash(user.id).await?;
    assert_eq!(
        stored,
        Some(hash("1")),
        "the second was of a hash long gone"
    );
    assert_eq!(users.find(user.id).await?.unwrap().token_version, 0);
    assert!(users.change_password(user.id, &hash("3")).await?);
    assert!(!users.change_password(NOBODY, &hash("3")).await?);
    assert_eq!(users.find_password_hash(user.id).await?, Some(hash("3")));
    assert_eq!(users.find(user.id).await?.unwrap().token_version, 1);
    unit.commit().await
}

/// Switching off counts the token version up, switching on does not.
pub async fn switching_off_ends_sessions(store: AnyStore) -> Done {
    let user = store_user(&store, Role::SuperAdmin, "ana@x.test").await?;
    let mut unit = platform(&store).await?;
    for (is_active, version) in [(false, 1), (true, 1), (false, 2)] {
        assert!(unit.users().set_active(user.id, is_active).await?);
        let found = unit.users().find(user.id).await?.unwrap();
        assert_eq!((found.is_active, found.token_version), (is_active, version));
    }
    assert!(!unit.users().set_active(NOBODY, true).await?);
    unit.commit().await
}

/// Of a tenant that is switched off, the sessions of all its users end, and nobody else's.
pub async fn sessions_of_a_tenant_end(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let role = Role::TenantAdmin(shop.tenant.id.clone());
    let operator = store_user(&store, role, "ana@x.test").await?;
    let owner = store_user(&store, Role::SuperAdmin, "eva@x.test").await?;
    let mut unit = platform(&store).await?;
    assert_eq!(unit.users().end_sessions_of(&shop.tenant.id).await?, 1);
    for (user, version) in [(operator.id, 1), (owner.id, 0)] {
        let found = unit.users().find(user).await?.unwrap();
        assert_eq!(found.token_version, version);
    }
    unit.commit().await
}

/// A token that was logged out is remembered until it expires by itself.
pub async fn sessions_end_one_by_one(store: AnyStore) -> Done {
    let shop = open_shop(&store, 1).await?;
    let role = Role::TenantAdmin(shop.tenant.id.clone());
    let user = store_user(&store, role, "ana@x.test").await?;
    let (ended, running) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for _repeated in 0..2 {
        let mut unit = platform(&store).await?;
        unit.users()
            .revoke_session(ended, user.id, after(60))
            .await?;
        unit.commit().await?;
    }
    let mut unit = platform(&store).await?;
    let session = unit.users().find_session(user.id, ended).await?.unwrap();
    assert!(session.is_revoked && session.tenant_is_active);
    assert_eq!(session.user, user);
    let session = unit.users().find_session(user.id, running).await?.unwrap();
    assert!(!session.is_revoked);
    assert_eq!(unit.users().find_session(NOBODY, running).await?, None);
    unit.tenants().set_active(&shop.tenant.id, false).await?;
    let session = unit.users().find_session(user.id, running).await?.unwrap();
    assert!(!session.tenant_is_active);
    assert_eq!(unit.users().forget_expired_sessions(NOW).await?, 0);
    assert_eq!(unit.users().forget_expired_sessions(after(60)).await?, 1);
    let session = unit.users().find_session(user.id, ended).await?.unwrap();
    assert!(!session.is_revoked);
    unit.commit().await
}
