-- What a person buys on a router, by device.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transacciones_router_dispositivo_idx
    ON transacciones (router_id, dispositivo_mac)
    WHERE estado IN ('created', 'charging', 'verifying', 'pending', 'paid');
