DROP INDEX CONCURRENTLY IF EXISTS transacciones_ingresos_idx;
