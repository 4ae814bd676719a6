ALTER TABLE bandeja_salida DROP COLUMN canal;
