DROP TABLE reembolsos;
DROP TABLE claves_idempotencia;
DROP TABLE transacciones;
