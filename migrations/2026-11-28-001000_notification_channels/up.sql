-- One row for each channel over which an operator is told. Rows from before, and those of a
-- server from before that still runs, are for Telegram.
ALTER TABLE bandeja_salida ADD COLUMN canal varchar(20) NOT NULL DEFAULT 'telegram';
