-- The dashboard sums what paid sales brought, by currency and mode.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transacciones_ingresos_idx
    ON transacciones (empresa_id, moneda, modo) INCLUDE (monto, monto_reembolsado)
    WHERE estado = 'paid' AND cargo_enviado_en IS NOT NULL;
