ALTER TABLE transacciones DROP COLUMN cliente_huella;
