-- The second wall between companies (docs/adr/0002). A transaction names its scope in
-- `app.alcance`: a company's id, or '*' for the platform. Unset or empty sees nothing. FORCE,
-- because the server's one ordinary user owns the tables. The sub-select is evaluated once per
-- statement, not per row.

ALTER TABLE empresas ENABLE ROW LEVEL SECURITY;
ALTER TABLE empresas FORCE ROW LEVEL SECURITY;
CREATE POLICY empresas_alcance ON empresas
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', id));

ALTER TABLE credenciales_pasarela ENABLE ROW LEVEL SECURITY;
ALTER TABLE credenciales_pasarela FORCE ROW LEVEL SECURITY;
CREATE POLICY credenciales_pasarela_alcance ON credenciales_pasarela
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE logos ENABLE ROW LEVEL SECURITY;
ALTER TABLE logos FORCE ROW LEVEL SECURITY;
CREATE POLICY logos_alcance ON logos
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE usuarios ENABLE ROW LEVEL SECURITY;
ALTER TABLE usuarios FORCE ROW LEVEL SECURITY;
CREATE POLICY usuarios_alcance ON usuarios
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE routers ENABLE ROW LEVEL SECURITY;
ALTER TABLE routers FORCE ROW LEVEL SECURITY;
CREATE POLICY routers_alcance ON routers
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE api_keys_tracking ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys_tracking FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_tracking_alcance ON api_keys_tracking
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE productos ENABLE ROW LEVEL SECURITY;
ALTER TABLE productos FORCE ROW LEVEL SECURITY;
CREATE POLICY productos_alcance ON productos
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE transacciones ENABLE ROW LEVEL SECURITY;
ALTER TABLE transacciones FORCE ROW LEVEL SECURITY;
CREATE POLICY transacciones_alcance ON transacciones
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE claves_idempotencia ENABLE ROW LEVEL SECURITY;
ALTER TABLE claves_idempotencia FORCE ROW LEVEL SECURITY;
CREATE POLICY claves_idempotencia_alcance ON claves_idempotencia
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE reembolsos ENABLE ROW LEVEL SECURITY;
ALTER TABLE reembolsos FORCE ROW LEVEL SECURITY;
CREATE POLICY reembolsos_alcance ON reembolsos
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE bandeja_salida ENABLE ROW LEVEL SECURITY;
ALTER TABLE bandeja_salida FORCE ROW LEVEL SECURITY;
CREATE POLICY bandeja_salida_alcance ON bandeja_salida
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE bandeja_webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE bandeja_webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY bandeja_webhooks_alcance ON bandeja_webhooks
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

ALTER TABLE auditoria ENABLE ROW LEVEL SECURITY;
ALTER TABLE auditoria FORCE ROW LEVEL SECURITY;
CREATE POLICY auditoria_alcance ON auditoria
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

-- A session is its user's, and so of the user's company.
ALTER TABLE sesiones_revocadas ENABLE ROW LEVEL SECURITY;
ALTER TABLE sesiones_revocadas FORCE ROW LEVEL SECURITY;
CREATE POLICY sesiones_revocadas_alcance ON sesiones_revocadas
    USING (
        (SELECT current_setting('app.alcance', true)) = '*'
        OR EXISTS (SELECT 1 FROM usuarios WHERE usuarios.id = usuario_id)
    );
