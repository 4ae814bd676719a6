ALTER TABLE transacciones DROP COLUMN acceso_limite_en;
ALTER TABLE transacciones DROP COLUMN decidida_en;
ALTER TABLE transacciones DROP COLUMN leida_en;
