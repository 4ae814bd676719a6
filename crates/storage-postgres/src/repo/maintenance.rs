//! Key rotation and the installation's own id.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::ids::TenantId;
use domain::secret::Sealed;
use ports::store::error::StoreError;
use ports::store::maintenance::{MaintenanceRepository, SealedRow};
use uuid::Uuid;

use crate::rows::convert::{RowName, to_limit};
use crate::schema::instalacion;
use crate::unit_of_work::PgUnitOfWork;

/// Every place where a sealed secret of one row stands.
const PLACES: [Place; 9] = [
    Place::own("empresas", "conekta_private_key", "id", "id"),
    Place::version("conekta_private_key", "secreto", "conekta"),
    Place::own("empresas", "mercado_pago_access_token", "id", "id"),
    Place::version("mercado_pago_access_token", "secreto", "mercado_pago"),
    Place::own("empresas", "mercado_pago_webhook_secret", "id", "id"),
    Place::version(
        "mercado_pago_webhook_secret",
        "webhook_secreto",
        "mercado_pago",
    ),
    Place::own("empresas", "telegram_bot_token", "id", "id"),
    Place::own("routers", "password_encrypted", "empresa_id", "id"),
    Place::own(
        "transacciones",
        "password_hotspot",
        "empresa_id",
        "intento_id",
    ),
];

/// The raw bodies of events; several may have the same key.
const BODIES: Place = Place::own("bandeja_webhooks", "cuerpo", "empresa_id", "cuerpo_hash");

/// Where a sealed text stands.
#[derive(Clone, Copy)]
struct Place {
    /// Table of the secret's context.
    context_table: &'static str,
    /// Column of the secret's context.
    context_column: &'static str,
    table: &'static str,
    column: &'static str,
    tenant: &'static str,
    row: &'static str,
    gateway: Option<&'static str>,
}

impl Place {
    const fn own(
        table: &'static str,
        column: &'static str,
        tenant: &'static str,
        row: &'static str,
    ) -> Self {
        Self {
            context_table: table,
            context_column: column,
            table,
            column,
            tenant,
            row,
            gateway: None,
        }
    }

    /// A version of gateway credentials: a copy of what `empresas` held then.
    const fn version(
        context_column: &'static str,
        column: &'static str,
        gateway: &'static str,
    ) -> Self {
        Self {
            context_table: "empresas",
            context_column,
            table: "credenciales_pasarela",
            column,
            tenant: "empresa_id",
            row: "empresa_id",
            gateway: Some(gateway),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        PLACES.into_iter().chain([BODIES])
    }

    fn condition(&self) -> String {
        let column = self.column;
        let gateway = self
            .gateway
            .map(|gateway| format!(" AND pasarela = '{gateway}'"));
        // An older database marks "not set" by an empty text.
        format!("{column} <> ''{}", gateway.unwrap_or_default())
    }

    fn select(&self) -> String {
        let Self {
            context_table,
            context_column,
            table,
            column,
            tenant,
            row,
            ..
        } = self;
        format!(
            "SELECT '{context_table}'::text AS tabla, '{context_column}'::text AS columna, \
             {tenant}::text AS empresa, {row}::text AS fila, {column} AS texto \
             FROM {table} WHERE {}",
            self.condition()
        )
    }

    fn replace(&self) -> String {
        let Self {
            table,
            column,
            tenant,
            row,
            ..
        } = self;
        // Cast on this side, so that the column's index serves.
        let row_type = if *row == "intento_id" { "uuid" } else { "text" };
        format!(
            "UPDATE {table} SET {column} = $1 \
             WHERE {tenant} = $2 AND {row} = $3::{row_type} AND {column} = $4 AND {}",
            self.condition()
        )
    }
}

/// All sealed secrets, as a sub-select; one that stands in several places is there once.
fn sealed_secrets() -> String {
    Place::all()
        .map(|place| place.select())
        .collect::<Vec<_>>()
        .join(" UNION ")
}

#[derive(QueryableByName)]
struct KeyIdRow {
    #[diesel(sql_type = Text)]
    clave: String,
}

#[derive(QueryableByName)]
struct SecretRow {
    #[diesel(sql_type = Text)]
    tabla: String,
    #[diesel(sql_type = Text)]
    columna: String,
    #[diesel(sql_type = Text)]
    empresa: String,
    #[diesel(sql_type = Text)]
    fila: String,
    #[diesel(sql_type = Text)]
    texto: String,
}

impl SecretRow {
    fn into_domain(self) -> Result<SealedRow, StoreError> {
        let name = RowName::new("empresas", &self.empresa);
        let place = Place::all().find(|place| {
            place.context_table == self.tabla && place.context_column == self.columna
        });
        let place = name.need(place)?;
        Ok(SealedRow {
            table: place.context_table,
            column: place.context_column,
            tenant_id: name.id(TenantId::parse(&self.empresa))?,
            row: self.fila,
            sealed: Sealed::from_stored(self.texto),
        })
    }
}

#[async_trait]
impl MaintenanceRepository for PgUnitOfWork {
    async fn installation_id(&mut self) -> Result<String, StoreError> {
        let query = instalacion::table.select(instalacion::id);
        let found = self.sure_row::<Uuid, _>(query).await?;
        Ok(found.to_string())
    }

    async fn sealed_key_ids(&mut self) -> Result<Vec<String>, StoreError> {
        // A text without a colon is of an older kind and names no key.
        let query = diesel::sql_query(format!(
            "SELECT DISTINCT split_part(texto, ':', 1) AS clave FROM ({}) AS secretos \
             WHERE strpos(texto, ':') > 0 ORDER BY clave",
            sealed_secrets()
        ));
        let found = self.rows::<KeyIdRow, _>(query).await?;
        Ok(found.into_iter().map(|row| row.clave).collect())
    }

    async fn list_sealed_otherwise(
        &mut self,
        key_id: &str,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let query = diesel::sql_query(format!(
            "SELECT * FROM ({}) AS secretos WHERE split_part(texto, ':', 1) <> $1 LIMIT $2",
            sealed_secrets()
        ))
        .bind::<Text, _>(key_id)
        .bind::<BigInt, _>(to_limit(limit));
        let found = self.rows::<SecretRow, _>(query).await?;
        found.into_iter().map(SecretRow::into_domain).collect()
    }

    async fn replace_sealed(&mut self, row: &SealedRow, new: &Sealed) -> Result<bool, StoreError> {
        let mut is_replaced = false;
        let copies = Place::all()
            .filter(|place| place.context_table == row.table && place.context_column == row.column);
        for place in copies {
            let statement = diesel::sql_query(place.replace())
                .bind::<Text, _>(new.as_str())
                .bind::<Text, _>(row.tenant_id.as_str())
                .bind::<Text, _>(row.row.as_str())
                .bind::<Text, _>(row.sealed.as_str());
            let changed = self.run(statement).await?;
            is_replaced |= changed > 0;
        }
        Ok(is_replaced)
    }
}
