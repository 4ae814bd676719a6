//! Key rotation and the installation's own id.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::ids::TenantId;
use domain::secret::Sealed;
use ports::store::error::StoreError;
use ports::store::maintenance::{MaintenanceRepository, SealedPage, SealedPosition, SealedRow};
use uuid::Uuid;

use crate::rows::convert::{RowName, to_limit};
use crate::schema::instalacion;
use crate::unit_of_work::PgUnitOfWork;

/// Every place where a sealed secret of one row stands, in the order of rotation. What `empresas`
/// holds comes before its versions in `credenciales_pasarela`: replacing it replaces those as well.
const PLACES: [Place; 11] = [
    Place::own("empresas", "conekta_private_key", "id", Key::TEXT_ID, "id"),
    Place::own(
        "empresas",
        "mercado_pago_access_token",
        "id",
        Key::TEXT_ID,
        "id",
    ),
    Place::own(
        "empresas",
        "mercado_pago_webhook_secret",
        "id",
        Key::TEXT_ID,
        "id",
    ),
    Place::own("empresas", "telegram_bot_token", "id", Key::TEXT_ID, "id"),
    Place::version("conekta_private_key", "secreto", "conekta"),
    Place::version("mercado_pago_access_token", "secreto", "mercado_pago"),
    Place::version(
        "mercado_pago_webhook_secret",
        "webhook_secreto",
        "mercado_pago",
    ),
    Place::own(
        "routers",
        "password_encrypted",
        "empresa_id",
        Key::TEXT_ID,
        "id",
    ),
    Place::own(
        "credenciales_router",
        "password_encrypted",
        "empresa_id",
        Key::USERNAME,
        "usuario",
    ),
    Place::own(
        "transacciones",
        "password_hotspot",
        "empresa_id",
        Key::NUMBER,
        "intento_id",
    ),
    // The raw bodies of notices; several may have the same hash.
    Place::own(
        "bandeja_webhooks",
        "cuerpo",
        "empresa_id",
        Key::NUMBER,
        "cuerpo_hash",
    ),
];

/// What a table is walked by: an expression over the primary key, and its smallest value.
#[derive(Clone, Copy)]
struct Key {
    /// The columns in order.
    columns: &'static str,
    /// The same columns as one text, which [`Key::after`] reads.
    as_text: &'static str,
    /// The row after which the walk goes on, made of `$1`.
    after: &'static str,
    /// Before every row.
    first: &'static str,
}

impl Key {
    const TEXT_ID: Self = Self {
        columns: "id",
        as_text: "id::text",
        after: "$1",
        first: "",
    };
    const USERNAME: Self = Self {
        columns: "usuario",
        as_text: "usuario::text",
        after: "$1",
        first: "",
    };
    const NUMBER: Self = Self {
        columns: "id",
        as_text: "id::text",
        after: "$1::bigint",
        first: "-1",
    };
    const VERSION: Self = Self {
        columns: "empresa_id, pasarela, version",
        as_text: "concat_ws('/', version, pasarela, empresa_id)",
        after: "regexp_replace($1, '^[^/]*/[^/]*/', ''), split_part($1, '/', 2), \
                split_part($1, '/', 1)::bigint",
        first: "-1//",
    };
}

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
    key: Key,
    row: &'static str,
    gateway: Option<&'static str>,
}

impl Place {
    const fn own(
        table: &'static str,
        column: &'static str,
        tenant: &'static str,
        key: Key,
        row: &'static str,
    ) -> Self {
        Self {
            context_table: table,
            context_column: column,
            table,
            column,
            tenant,
            key,
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
            key: Key::VERSION,
            row: "empresa_id",
            gateway: Some(gateway),
        }
    }

    fn of_gateway(&self) -> String {
        let gateway = self.gateway;
        gateway.map_or_else(String::new, |gateway| {
            format!(" AND pasarela = '{gateway}'")
        })
    }

    /// The next `$3` rows after `$1`, without the text where it begins with `$2`. Only the
    /// beginning of a long text is looked at.
    fn select(&self) -> String {
        let Self {
            table,
            column,
            tenant,
            row,
            key:
                Key {
                    columns,
                    as_text,
                    after,
                    ..
                },
            ..
        } = self;
        // An older database marks "not set" by an empty text.
        format!(
            "SELECT {as_text} AS posicion, {tenant}::text AS empresa, {row}::text AS fila, \
             CASE WHEN {column} <> '' AND left({column}, length($2)) <> $2 THEN {column} END \
             AS texto FROM {table} WHERE ({columns}) > ({after}){} ORDER BY {columns} LIMIT $3",
            self.of_gateway()
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
             WHERE {tenant} = $2 AND {row} = $3::{row_type} AND {column} = $4{}",
            self.of_gateway()
        )
    }
}

#[derive(QueryableByName)]
struct KeyIdRow {
    #[diesel(sql_type = Text)]
    clave: String,
}

#[derive(QueryableByName)]
struct SecretRow {
    #[diesel(sql_type = Text)]
    posicion: String,
    #[diesel(sql_type = Text)]
    empresa: String,
    #[diesel(sql_type = Text)]
    fila: String,
    #[diesel(sql_type = Nullable<Text>)]
    texto: Option<String>,
}

impl SecretRow {
    /// The secret; `None` where there is none to be sealed anew.
    fn into_domain(self, place: &Place) -> Result<Option<SealedRow>, StoreError> {
        let Some(text) = self.texto else {
            return Ok(None);
        };
        let name = RowName::new(place.table, &self.fila);
        Ok(Some(SealedRow {
            table: place.context_table,
            column: place.context_column,
            tenant_id: name.id(TenantId::parse(&self.empresa))?,
            row: self.fila,
            sealed: Sealed::from_stored(text),
        }))
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
        let query = diesel::sql_query("SELECT DISTINCT clave FROM claves_cifrado ORDER BY clave");
        let found = self.rows::<KeyIdRow, _>(query).await?;
        Ok(found.into_iter().map(|row| row.clave).collect())
    }

    async fn begin_key_retirement(&mut self, keep: &str) -> Result<(), StoreError> {
        // Waits for writers that have used a key and not committed yet, and holds up others for
        // the moment until the commit: whoever writes later records its key again.
        let lock = "LOCK TABLE empresas, credenciales_pasarela, routers, transacciones \
                    IN SHARE MODE";
        self.run(diesel::sql_query(lock)).await?;
        let mark = diesel::sql_query(
            "INSERT INTO claves_cifrado (clave, en_retiro) \
             SELECT clave, true FROM claves_cifrado WHERE NOT en_retiro AND clave <> $1 \
             ON CONFLICT DO NOTHING",
        );
        self.run(mark.bind::<Text, _>(keep)).await?;
        let replaced = "DELETE FROM claves_cifrado WHERE NOT en_retiro AND clave <> $1";
        self.run(diesel::sql_query(replaced).bind::<Text, _>(keep))
            .await?;
        Ok(())
    }

    async fn end_key_retirement(&mut self) -> Result<(), StoreError> {
        let forget = "DELETE FROM claves_cifrado WHERE en_retiro";
        self.run(diesel::sql_query(forget)).await?;
        Ok(())
    }

    async fn list_sealed_otherwise(
        &mut self,
        key_id: &str,
        after: &SealedPosition,
        limit: i64,
    ) -> Result<SealedPage, StoreError> {
        let Some(place) = PLACES.get(after.place) else {
            return Ok(SealedPage::default());
        };
        let after_row = after.row.as_deref().unwrap_or(place.key.first);
        let query = diesel::sql_query(place.select())
            .bind::<Text, _>(after_row)
            .bind::<Text, _>(format!("{key_id}:"))
            .bind::<BigInt, _>(to_limit(limit));
        let found = self.rows::<SecretRow, _>(query).await?;
        let next = match found.last() {
            Some(last) => Some(SealedPosition {
                place: after.place,
                row: Some(last.posicion.clone()),
            }),
            None => (after.place + 1 < PLACES.len()).then_some(SealedPosition {
                place: after.place + 1,
                row: None,
            }),
        };
        let rows = found
            .into_iter()
            .filter_map(|row| row.into_domain(place).transpose())
            .collect::<Result<_, _>>()?;
        Ok(SealedPage { rows, next })
    }

    async fn replace_sealed(&mut self, row: &SealedRow, new: &Sealed) -> Result<bool, StoreError> {
        let mut is_replaced = false;
        let copies = PLACES
            .iter()
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
