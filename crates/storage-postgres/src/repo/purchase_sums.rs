//! Sums over purchases, and retention.

use bigdecimal::BigDecimal;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Numeric, Text, Timestamp as SqlTimestamp};
use domain::gateway::GatewayMode;
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::purchases::{Income, OpenWork, SalesTotals};

use crate::rows::convert::{RowName, to_limit, to_minor, to_sql_time};
use crate::unit_of_work::PgUnitOfWork;

#[derive(QueryableByName)]
struct TotalsRow {
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
    #[diesel(sql_type = BigInt)]
    pending: i64,
    #[diesel(sql_type = Numeric)]
    income: BigDecimal,
    #[diesel(sql_type = BigInt)]
    routers: i64,
}

/// Sums over a tenant's purchases whose charge was sent, answered from an index alone.
pub(super) async fn totals(
    unit: &mut PgUnitOfWork,
    tenant: &TenantId,
) -> Result<SalesTotals, StoreError> {
    let query = diesel::sql_query(
        "SELECT count(*) AS total, \
         count(*) FILTER (WHERE estado = 'paid') AS paid, \
         count(*) FILTER (WHERE estado IN ('charging', 'verifying', 'pending')) AS pending, \
         coalesce(sum(monto - monto_reembolsado) FILTER (WHERE estado = 'paid'), 0) AS income, \
         (SELECT count(*) FROM routers WHERE empresa_id = $1) AS routers \
         FROM transacciones WHERE empresa_id = $1 AND cargo_enviado_en IS NOT NULL",
    )
    .bind::<Text, _>(tenant.as_str());
    let summed = unit.sure_row::<TotalsRow, _>(query).await?;
    let row = summed;
    let income = RowName::new("transacciones", tenant).need(to_minor(&row.income))?;
    Ok(SalesTotals {
        total: row.total,
        paid: row.paid,
        pending: row.pending,
        income_minor: income,
        routers: row.routers,
    })
}

#[derive(QueryableByName)]
struct IncomeRow {
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = Text)]
    mode: String,
    #[diesel(sql_type = BigInt)]
    paid: i64,
    #[diesel(sql_type = Numeric)]
    income: BigDecimal,
}

/// A tenant's income by currency and mode, answered from `transacciones_ingresos_idx` alone.
pub(super) async fn income(
    unit: &mut PgUnitOfWork,
    tenant: &TenantId,
) -> Result<Vec<Income>, StoreError> {
    let query = diesel::sql_query(
        "SELECT moneda AS currency, modo AS mode, count(*) AS paid, \
         sum(monto - monto_reembolsado) AS income \
         FROM transacciones \
         WHERE empresa_id = $1 AND estado = 'paid' AND cargo_enviado_en IS NOT NULL \
         GROUP BY moneda, modo ORDER BY moneda, modo",
    )
    .bind::<Text, _>(tenant.as_str());
    let rows = unit.rows::<IncomeRow, _>(query).await?;
    let name = RowName::new("transacciones", tenant);
    rows.into_iter()
        .map(|row| {
            Ok(Income {
                currency: name.need(Currency::from_code(&row.currency))?,
                mode: name.need(GatewayMode::from_str_name(&row.mode))?,
                paid: row.paid,
                income_minor: name.need(to_minor(&row.income))?,
            })
        })
        .collect()
}

#[derive(QueryableByName)]
struct OpenWorkRow {
    #[diesel(sql_type = BigInt)]
    running: i64,
    #[diesel(sql_type = BigInt)]
    verifying: i64,
    #[diesel(sql_type = BigInt)]
    pending: i64,
    #[diesel(sql_type = BigInt)]
    awaiting_access: i64,
    #[diesel(sql_type = BigInt)]
    removals: i64,
    #[diesel(sql_type = BigInt)]
    refunding: i64,
    #[diesel(sql_type = BigInt)]
    parked: i64,
}

/// What is not finished. The condition is the one of the index `transacciones_abiertas_idx`.
pub(super) async fn open_work(unit: &mut PgUnitOfWork) -> Result<OpenWork, StoreError> {
    let query = diesel::sql_query(
        "SELECT \
         count(*) FILTER (WHERE libre AND estado IN ('created', 'charging')) AS running, \
         count(*) FILTER (WHERE libre AND estado = 'verifying') AS verifying, \
         count(*) FILTER (WHERE libre AND estado = 'pending') AS pending, \
         count(*) FILTER (WHERE libre AND estado = 'paid' AND estado_hotspot = 'pending') \
             AS awaiting_access, \
         count(*) FILTER (WHERE libre AND estado_hotspot = 'pending_removal') AS removals, \
         count(*) FILTER (WHERE libre AND estado = 'refunding') AS refunding, \
         count(*) FILTER (WHERE NOT libre) AS parked \
         FROM ( \
             SELECT estado, estado_hotspot, motivo_revision IS NULL AS libre \
             FROM transacciones \
             WHERE estado IN ('created', 'charging', 'verifying', 'pending', 'refunding') \
                 OR estado_hotspot = 'pending_removal' \
                 OR motivo_revision IS NOT NULL \
                 OR (estado = 'paid' AND estado_hotspot = 'pending') \
         ) AS abiertas",
    );
    let counted = unit.sure_row::<OpenWorkRow, _>(query).await?;
    let row = counted;
    Ok(OpenWork {
        running: row.running,
        verifying: row.verifying,
        pending: row.pending,
        awaiting_access: row.awaiting_access,
        removals: row.removals,
        refunding: row.refunding,
        parked: row.parked,
    })
}

/// Blanks the customers of finished purchases: nothing is open, waits for the router, a refund or
/// a person.
pub(super) async fn blank_customers(
    unit: &mut PgUnitOfWork,
    before: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    let statement = diesel::sql_query(
        "WITH picked AS MATERIALIZED ( \
             SELECT id FROM transacciones \
             WHERE cliente_email IS NOT NULL AND creada_en < $1 \
                 AND motivo_revision IS NULL AND estado_hotspot <> 'pending_removal' \
                 AND (estado IN ('declined', 'failed', 'given_up', 'refunded', 'charged_back') \
                     OR (estado = 'paid' AND estado_hotspot <> 'pending')) \
             ORDER BY creada_en LIMIT $2 FOR UPDATE SKIP LOCKED \
         ) \
         UPDATE transacciones t \
         SET cliente_nombre = NULL, cliente_email = NULL, cliente_telefono = NULL \
         FROM picked WHERE t.id = picked.id",
    )
    .bind::<SqlTimestamp, _>(to_sql_time(before))
    .bind::<BigInt, _>(to_limit(limit));
    unit.run(statement).await
}

/// Forgets idempotency keys.
pub(super) async fn purge_keys(
    unit: &mut PgUnitOfWork,
    before: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    let statement = diesel::sql_query(
        "WITH picked AS MATERIALIZED ( \
             SELECT router_id, tipo, clave FROM claves_idempotencia WHERE creada_en < $1 \
             ORDER BY creada_en LIMIT $2 FOR UPDATE SKIP LOCKED \
         ) \
         DELETE FROM claves_idempotencia c USING picked \
         WHERE (c.router_id, c.tipo, c.clave) = (picked.router_id, picked.tipo, picked.clave)",
    )
    .bind::<SqlTimestamp, _>(to_sql_time(before))
    .bind::<BigInt, _>(to_limit(limit));
    unit.run(statement).await
}
