//! Routers.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{RouterId, TenantId};
use domain::network::Host;
use domain::router::{Router, RouterTls, TlsMode};
use domain::secret::Sealed;
use ports::store::error::StoreError;

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::routers;

/// A router as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = routers, check_for_backend(diesel::pg::Pg))]
pub(crate) struct RouterRow {
    id: String,
    empresa_id: String,
    nombre: String,
    host: String,
    puerto: i32,
    usuario: String,
    password_encrypted: String,
    ubicacion: Option<String>,
    tls_modo: String,
    tls_ca_pem: Option<String>,
    tls_huella_sha256: Option<String>,
    version: i64,
    activo: bool,
    creado_en: NaiveDateTime,
}

impl RouterRow {
    /// The router.
    pub(crate) fn into_domain(self) -> Result<Router, StoreError> {
        let name = RowName::new("routers", &self.id);
        Ok(Router {
            id: name.id(RouterId::parse(&self.id))?,
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            name: self.nombre,
            host: Host::from_stored(self.host),
            port: name.need(u16::try_from(self.puerto).ok())?,
            username: self.usuario,
            password: Sealed::from_stored(self.password_encrypted),
            tls: RouterTls {
                mode: name.need(TlsMode::from_str_name(&self.tls_modo))?,
                ca_pem: self.tls_ca_pem,
                fingerprint: self.tls_huella_sha256,
            },
            location: self.ubicacion,
            is_active: self.activo,
            version: self.version,
            created_at: from_sql_time(self.creado_en),
        })
    }
}

/// A router to be stored.
#[derive(Insertable)]
#[diesel(table_name = routers)]
pub(crate) struct NewRouterRow<'a> {
    id: &'a str,
    empresa_id: &'a str,
    #[diesel(embed)]
    fields: RouterChanges<'a>,
    api_key_hash: &'a str,
    version: i64,
    creado_en: NaiveDateTime,
}

impl<'a> NewRouterRow<'a> {
    /// This router, with the SHA-256 of its present API key.
    pub(crate) fn new(router: &'a Router, key_hash: &'a str) -> Self {
        Self {
            id: router.id.as_str(),
            empresa_id: router.tenant_id.as_str(),
            fields: RouterChanges::from(router),
            api_key_hash: key_hash,
            version: router.version,
            creado_en: to_sql_time(router.created_at),
        }
    }
}

/// The fields of a router that may change; absent ones are emptied.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = routers, treat_none_as_null = true)]
pub(crate) struct RouterChanges<'a> {
    nombre: &'a str,
    host: &'a str,
    puerto: i32,
    usuario: &'a str,
    password_encrypted: &'a str,
    ubicacion: Option<&'a str>,
    tls_modo: &'a str,
    tls_ca_pem: Option<&'a str>,
    tls_huella_sha256: Option<&'a str>,
    activo: bool,
}

impl<'a> From<&'a Router> for RouterChanges<'a> {
    fn from(router: &'a Router) -> Self {
        Self {
            nombre: &router.name,
            host: router.host.as_str(),
            puerto: i32::from(router.port),
            usuario: &router.username,
            password_encrypted: router.password.as_str(),
            ubicacion: router.location.as_deref(),
            tls_modo: router.tls.mode.as_str(),
            tls_ca_pem: router.tls.ca_pem.as_deref(),
            tls_huella_sha256: router.tls.fingerprint.as_deref(),
            activo: router.is_active,
        }
    }
}
