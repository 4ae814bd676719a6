-- Housekeeping finds the keys whose retention time is over.
CREATE INDEX CONCURRENTLY IF NOT EXISTS claves_idempotencia_creada_idx ON claves_idempotencia (creada_en);
