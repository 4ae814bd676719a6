//! Gateway events.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamp as SqlTimestamp};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::inbox::{InboxEntry, InboxRepository};
use ports::store::purchases::Claim;

use crate::rows::convert::{readable, to_limit, to_sql_time, to_texts};
use crate::rows::inbox::{InboxRow, NewInboxRow};
use crate::schema::bandeja_webhooks;
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl InboxRepository for PgUnitOfWork {
    async fn push(&mut self, entry: &InboxEntry) -> Result<bool, StoreError> {
        // The only unique index is the one of verified events.
        let statement = diesel::insert_into(bandeja_webhooks::table)
            .values(NewInboxRow::from(entry))
            .on_conflict_do_nothing();
        let stored = self.run(statement).await?;
        Ok(stored > 0)
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<InboxEntry>, StoreError> {
        let query = diesel::sql_query(
            "WITH ranked AS ( \
                 SELECT id, row_number() OVER ( \
                     PARTITION BY empresa_id ORDER BY recibido_en, id \
                 ) AS place \
                 FROM bandeja_webhooks \
                 WHERE procesado_en IS NULL AND proximo_intento_en <= $1 \
                     AND (bloqueado_hasta IS NULL OR bloqueado_hasta <= $1) \
                     AND empresa_id <> ALL ($5) \
             ), picked AS ( \
                 SELECT b.id FROM bandeja_webhooks b JOIN ranked ON ranked.id = b.id \
                 WHERE ranked.place <= $2 \
                     AND b.procesado_en IS NULL AND b.proximo_intento_en <= $1 \
                     AND (b.bloqueado_hasta IS NULL OR b.bloqueado_hasta <= $1) \
                 ORDER BY b.recibido_en, b.id LIMIT $3 \
                 FOR UPDATE OF b SKIP LOCKED \
             ) \
             UPDATE bandeja_webhooks b SET bloqueado_hasta = $4 \
             FROM picked WHERE b.id = picked.id RETURNING b.*",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(claim.now))
        .bind::<BigInt, _>(to_limit(claim.per_tenant))
        .bind::<BigInt, _>(to_limit(claim.limit))
        .bind::<SqlTimestamp, _>(to_sql_time(claim.now.plus(claim.lease)))
        .bind::<Array<Text>, _>(to_texts(&claim.skip));
        let claimed = self.rows::<InboxRow, _>(query).await?;
        let (mut claimed, unreadable) =
            readable(claimed.into_iter().map(|row| (row.id(), row.into_domain())))?;
        if !unreadable.is_empty() {
            // Out of the way of the others, until somebody mends it and sets the time.
            let park = diesel::sql_query(
                "UPDATE bandeja_webhooks SET proximo_intento_en = '9999-12-31', bloqueado_hasta = NULL \
                 WHERE id = ANY ($1)",
            );
            self.run(park.bind::<Array<BigInt>, _>(unreadable)).await?;
        }
        claimed.sort_by_key(|entry| (entry.received_at, entry.id));
        Ok(claimed)
    }

    async fn finish(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let statement = diesel::update(bandeja_webhooks::table.find(id)).set((
            bandeja_webhooks::procesado_en.eq(to_sql_time(at)),
            bandeja_webhooks::bloqueado_hasta.eq(None::<chrono::NaiveDateTime>),
        ));
        self.run(statement).await?;
        Ok(())
    }

    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let statement = diesel::update(bandeja_webhooks::table.find(id)).set((
            bandeja_webhooks::intentos.eq(bandeja_webhooks::intentos + 1),
            bandeja_webhooks::proximo_intento_en.eq(to_sql_time(at)),
            bandeja_webhooks::bloqueado_hasta.eq(None::<chrono::NaiveDateTime>),
        ));
        self.run(statement).await?;
        Ok(())
    }

    async fn purge(
        &mut self,
        before: Timestamp,
        forget_before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        let forget = diesel::sql_query(
            "WITH picked AS MATERIALIZED ( \
                 SELECT id FROM bandeja_webhooks \
                 WHERE recibido_en < $1 AND procesado_en IS NOT NULL \
                 ORDER BY recibido_en LIMIT $2 FOR UPDATE SKIP LOCKED \
             ) \
             DELETE FROM bandeja_webhooks b USING picked WHERE b.id = picked.id",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(forget_before))
        .bind::<BigInt, _>(to_limit(limit));
        let forgotten = self.run(forget).await?;
        let empty = diesel::sql_query(
            "WITH picked AS MATERIALIZED ( \
                 SELECT id FROM bandeja_webhooks \
                 WHERE recibido_en < $1 AND cuerpo IS NOT NULL \
                 ORDER BY recibido_en LIMIT $2 FOR UPDATE SKIP LOCKED \
             ) \
             UPDATE bandeja_webhooks b SET cuerpo = NULL FROM picked WHERE b.id = picked.id",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(before))
        .bind::<BigInt, _>(to_limit(limit));
        let emptied = self.run(empty).await?;
        Ok(forgotten.saturating_add(emptied))
    }

    async fn count(&mut self) -> Result<i64, StoreError> {
        let query = bandeja_webhooks::table
            .filter(bandeja_webhooks::procesado_en.is_null())
            .count();
        self.sure_row(query).await
    }
}
