//! Router API keys.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use ports::store::error::StoreError;

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::api_keys_tracking;

/// A key as read, without its hash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys_tracking, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ApiKeyRow {
    key_id: String,
    empresa_id: String,
    router_id: String,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    revoked_at: Option<NaiveDateTime>,
    last_used: Option<NaiveDateTime>,
    use_count: i64,
}

impl ApiKeyRow {
    /// The key's record.
    pub(crate) fn into_domain(self) -> Result<ApiKey, StoreError> {
        let name = RowName::new("api_keys_tracking", &self.key_id);
        Ok(ApiKey {
            id: name.id(ApiKeyId::parse(&self.key_id))?,
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            router_id: name.id(RouterId::parse(&self.router_id))?,
            issued_at: from_sql_time(self.issued_at),
            expires_at: from_sql_time(self.expires_at),
            revoked_at: self.revoked_at.map(from_sql_time),
            last_used_at: self.last_used.map(from_sql_time),
            use_count: self.use_count,
        })
    }
}

/// A key to be stored.
#[derive(Insertable)]
#[diesel(table_name = api_keys_tracking)]
pub(crate) struct NewApiKeyRow<'a> {
    key_id: &'a str,
    empresa_id: &'a str,
    router_id: &'a str,
    key_hash: &'a str,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    revoked: bool,
    revoked_at: Option<NaiveDateTime>,
    last_used: Option<NaiveDateTime>,
    use_count: i64,
}

impl<'a> NewApiKeyRow<'a> {
    /// This key, with the SHA-256 of its token.
    pub(crate) fn new(key: &'a ApiKey, hash: &'a str) -> Self {
        Self {
            key_id: key.id.as_str(),
            empresa_id: key.tenant_id.as_str(),
            router_id: key.router_id.as_str(),
            key_hash: hash,
            issued_at: to_sql_time(key.issued_at),
            expires_at: to_sql_time(key.expires_at),
            revoked: key.revoked_at.is_some(),
            revoked_at: key.revoked_at.map(to_sql_time),
            last_used: key.last_used_at.map(to_sql_time),
            use_count: key.use_count,
        }
    }
}
