-- Housekeeping finds the bodies to drop without walking the notices that have none any more.
CREATE INDEX CONCURRENTLY IF NOT EXISTS bandeja_webhooks_cuerpo_idx ON bandeja_webhooks (recibido_en) WHERE cuerpo IS NOT NULL;
