//! Notifications to be sent.

use std::time::Duration;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp as SqlTimestamp};
use domain::ids::PurchaseId;
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::outbox::{NewNotification, OutboxEntry, OutboxRepository};

use crate::rows::convert::{readable, to_limit, to_sql_time};
use crate::rows::outbox::OutboxRow;
use crate::schema::bandeja_salida;
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl OutboxRepository for PgUnitOfWork {
    async fn push(&mut self, notification: &NewNotification) -> Result<(), StoreError> {
        // As `Tenant::channels` decides it: one line for each kind of channel.
        let statement = diesel::sql_query(
            "INSERT INTO bandeja_salida \
                 (empresa_id, canal, tipo, compra_id, creada_en, proximo_intento_en) \
             SELECT e.id, channels.canal, $2, $3, $4, $4 \
             FROM empresas e CROSS JOIN LATERAL (VALUES \
                 ('telegram', e.notificaciones_telegram \
                     AND e.telegram_bot_token IS NOT NULL AND e.telegram_chat_id IS NOT NULL) \
             ) AS channels (canal, is_on) \
             WHERE e.id = $1 AND channels.is_on",
        )
        .bind::<Text, _>(notification.tenant_id.as_str())
        .bind::<Text, _>(notification.kind.as_str())
        .bind::<Nullable<BigInt>, _>(notification.purchase_id.map(PurchaseId::get))
        .bind::<SqlTimestamp, _>(to_sql_time(notification.created_at));
        self.run(statement).await?;
        Ok(())
    }

    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        // Two claimers at once rank the same entry of a tenant's channel first, and one of them
        // finds it locked: so a channel never has two on the way.
        let query = diesel::sql_query(
            "WITH ranked AS ( \
                 SELECT id, row_number() OVER ( \
                     PARTITION BY empresa_id, canal ORDER BY creada_en, id \
                 ) AS place \
                 FROM bandeja_salida b \
                 WHERE proximo_intento_en <= $1 AND NOT EXISTS ( \
                     SELECT 1 FROM bandeja_salida held \
                     WHERE held.empresa_id = b.empresa_id AND held.canal = b.canal \
                         AND held.bloqueada_hasta > $1 \
                 ) \
             ), picked AS ( \
                 SELECT b.id FROM bandeja_salida b JOIN ranked ON ranked.id = b.id \
                 WHERE ranked.place = 1 AND b.proximo_intento_en <= $1 \
                     AND (b.bloqueada_hasta IS NULL OR b.bloqueada_hasta <= $1) \
                 ORDER BY b.creada_en, b.id LIMIT $2 \
                 FOR UPDATE OF b SKIP LOCKED \
             ) \
             UPDATE bandeja_salida b SET bloqueada_hasta = $3 \
             FROM picked WHERE b.id = picked.id RETURNING b.*",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(now))
        .bind::<BigInt, _>(to_limit(limit))
        .bind::<SqlTimestamp, _>(to_sql_time(now.plus(lease)));
        let claimed = self.rows::<OutboxRow, _>(query).await?;
        let (mut claimed, unreadable) =
            readable(claimed.into_iter().map(|row| (row.id(), row.into_domain())))?;
        if !unreadable.is_empty() {
            // Out of the way of the others, until somebody mends it and sets the time.
            let park = diesel::sql_query(
                "UPDATE bandeja_salida SET proximo_intento_en = '9999-12-31', bloqueada_hasta = NULL \
                 WHERE id = ANY ($1)",
            );
            self.run(park.bind::<Array<BigInt>, _>(unreadable)).await?;
        }
        claimed.sort_by_key(|entry| (entry.created_at, entry.id));
        Ok(claimed)
    }

    async fn finish(&mut self, id: i64) -> Result<(), StoreError> {
        let statement = diesel::delete(bandeja_salida::table.find(id));
        self.run(statement).await?;
        Ok(())
    }

    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let statement = diesel::update(bandeja_salida::table.find(id)).set((
            bandeja_salida::intentos.eq(bandeja_salida::intentos + 1),
            bandeja_salida::proximo_intento_en.eq(to_sql_time(at)),
            bandeja_salida::bloqueada_hasta.eq(None::<chrono::NaiveDateTime>),
        ));
        self.run(statement).await?;
        Ok(())
    }

    async fn count(&mut self) -> Result<i64, StoreError> {
        let query = bandeja_salida::table.count();
        self.sure_row(query).await
    }
}
