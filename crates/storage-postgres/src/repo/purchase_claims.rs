//! How workers get purchases to work on.

use diesel::sql_types::{Array, BigInt, Text, Timestamp as SqlTimestamp};
use domain::purchase::Purchase;
use ports::store::error::StoreError;
use ports::store::purchases::Claim;

use crate::rows::convert::{readable, to_limit, to_sql_time, to_texts};
use crate::rows::purchase::PurchaseRow;
use crate::unit_of_work::PgUnitOfWork;

/// Claims due purchases in one statement. Ranking and locking are two steps because Postgres
/// locks no rows under a window function; the conditions stand in both, so that a row which
/// another claimer changed in between is judged again.
pub(super) async fn claim_due(
    unit: &mut PgUnitOfWork,
    claim: &Claim,
) -> Result<Vec<Purchase>, StoreError> {
    let query = diesel::sql_query(
        "WITH ranked AS ( \
             SELECT id, row_number() OVER ( \
                 PARTITION BY empresa_id ORDER BY proximo_intento_en, id \
             ) AS place \
             FROM transacciones \
             WHERE proximo_intento_en <= $1 \
                 AND (motivo_revision IS NULL OR estado_hotspot = 'pending_removal') \
                 AND (bloqueada_hasta IS NULL OR bloqueada_hasta <= $1) \
                 AND empresa_id <> ALL ($5) \
         ), picked AS ( \
             SELECT t.id FROM transacciones t JOIN ranked ON ranked.id = t.id \
             WHERE ranked.place <= $2 \
                 AND t.proximo_intento_en <= $1 \
                 AND (t.motivo_revision IS NULL OR t.estado_hotspot = 'pending_removal') \
                 AND (t.bloqueada_hasta IS NULL OR t.bloqueada_hasta <= $1) \
             ORDER BY t.proximo_intento_en, t.id LIMIT $3 \
             FOR UPDATE OF t SKIP LOCKED \
         ) \
         UPDATE transacciones t SET bloqueada_hasta = $4, revision = t.revision + 1 \
         FROM picked WHERE t.id = picked.id RETURNING t.*",
    )
    .bind::<SqlTimestamp, _>(to_sql_time(claim.now))
    .bind::<BigInt, _>(to_limit(claim.per_tenant))
    .bind::<BigInt, _>(to_limit(claim.limit))
    .bind::<SqlTimestamp, _>(to_sql_time(claim.now.plus(claim.lease)))
    .bind::<Array<Text>, _>(to_texts(&claim.skip));
    let claimed = unit.rows::<PurchaseRow, _>(query).await?;
    let (mut claimed, unreadable) =
        readable(claimed.into_iter().map(|row| (row.id(), row.into_domain())))?;
    if !unreadable.is_empty() {
        // Left to a person, out of the claims' index. Not through the domain, which cannot read it.
        let park = diesel::sql_query(
            "UPDATE transacciones SET motivo_revision = coalesce(motivo_revision, 'other'), \
             proximo_intento_en = NULL, bloqueada_hasta = NULL WHERE id = ANY ($1)",
        );
        unit.run(park.bind::<Array<BigInt>, _>(unreadable)).await?;
    }
    claimed.sort_by_key(|purchase| (purchase.work().next_run, purchase.id()));
    Ok(claimed)
}
