-- Keyed digest of the customer's e-mail: the same person is known by it when the e-mail itself is
-- blanked. Null in sales of older versions, which are compared by their device alone.
ALTER TABLE transacciones ADD COLUMN cliente_huella varchar(64);
