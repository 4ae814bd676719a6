-- What a person buys on a router, by e-mail.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transacciones_router_huella_idx
    ON transacciones (router_id, cliente_huella)
    WHERE estado IN ('created', 'charging', 'verifying', 'pending', 'paid');
