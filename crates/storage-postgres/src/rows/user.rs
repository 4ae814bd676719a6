//! Panel users.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::contact::Email;
use domain::ids::{TenantId, UserId};
use domain::user::{Role, User};
use ports::store::error::StoreError;
use ports::store::users::NewUser;

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::usuarios;

const SUPER_ADMIN: &str = "super_admin";
pub(crate) const TENANT_ADMIN: &str = "cliente_admin";

/// A user as read, without its hash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = usuarios, check_for_backend(diesel::pg::Pg))]
pub(crate) struct UserRow {
    id: i64,
    rol: String,
    empresa_id: Option<String>,
    email: String,
    nombre: String,
    activo: bool,
    token_version: i64,
    ultimo_login: Option<NaiveDateTime>,
    creado_en: NaiveDateTime,
}

impl UserRow {
    /// The user.
    pub(crate) fn into_domain(self) -> Result<User, StoreError> {
        let name = RowName::new("usuarios", &self.id);
        let role = match (self.rol.as_str(), self.empresa_id) {
            (SUPER_ADMIN, None) => Role::SuperAdmin,
            (TENANT_ADMIN, Some(tenant)) => Role::TenantAdmin(name.id(TenantId::parse(&tenant))?),
            _ => return Err(name.corrupt()),
        };
        Ok(User {
            id: UserId::new(self.id),
            role,
            email: Email::from_stored(self.email),
            name: self.nombre,
            is_active: self.activo,
            token_version: self.token_version,
            last_login_at: self.ultimo_login.map(from_sql_time),
            created_at: from_sql_time(self.creado_en),
        })
    }
}

/// A user to be stored.
#[derive(Insertable)]
#[diesel(table_name = usuarios)]
pub(crate) struct NewUserRow<'a> {
    rol: &'static str,
    empresa_id: Option<&'a str>,
    email: &'a str,
    password_hash: &'a str,
    nombre: &'a str,
    creado_en: NaiveDateTime,
}

impl<'a> From<&'a NewUser> for NewUserRow<'a> {
    fn from(user: &'a NewUser) -> Self {
        let rol = match &user.role {
            Role::SuperAdmin => SUPER_ADMIN,
            Role::TenantAdmin(_) => TENANT_ADMIN,
        };
        Self {
            rol,
            empresa_id: user.role.tenant().map(TenantId::as_str),
            email: user.email.as_str(),
            password_hash: user.password_hash.as_str(),
            nombre: &user.name,
            creado_en: to_sql_time(user.created_at),
        }
    }
}
