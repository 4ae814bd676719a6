-- When a paid sale without access is refunded, where a person has set that anew; null: a fixed span
-- after the payment.
ALTER TABLE transacciones ADD COLUMN acceso_limite_en timestamp;

-- When a person decided last: every clock that leads to a decision starts anew then.
ALTER TABLE transacciones ADD COLUMN decidida_en timestamp;

-- When the last successful read of the gateway was asked for.
ALTER TABLE transacciones ADD COLUMN leida_en timestamp;

-- Why a person must decide was a text; it is one of a few names now.
UPDATE transacciones SET motivo_revision = CASE motivo_revision
    WHEN 'faltan las credenciales de la pasarela con las que se cobró' THEN 'credentials_missing'
    WHEN 'la pasarela no permite consultar el cobro desde hace un día' THEN 'reads_failing'
    WHEN 'la pasarela no resuelve ni cancela el pago desde hace un día' THEN 'pending_stuck'
    WHEN 'la devolución no se pudo confirmar desde hace un día' THEN 'refund_unconfirmed'
    WHEN 'la pasarela rechazó la devolución' THEN 'refund_refused'
    WHEN 'el usuario del router con este nombre ya no es el vendido' THEN 'user_replaced'
    ELSE 'other'
END
WHERE motivo_revision IS NOT NULL;
