ALTER TABLE transacciones DROP COLUMN acceso_limite_en;
