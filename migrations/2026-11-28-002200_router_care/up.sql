-- RouterOS users that a set-up script makes. The router's own columns keep the user that works;
-- one of these takes its place once it has logged in.
CREATE TABLE credenciales_router (
    usuario varchar(50) PRIMARY KEY,
    empresa_id varchar(50) NOT NULL,
    router_id varchar(50) NOT NULL,
    password_encrypted text NOT NULL,
    creada_en timestamp NOT NULL,
    CONSTRAINT credenciales_router_router_fkey FOREIGN KEY (empresa_id, router_id)
        REFERENCES routers (empresa_id, id) ON DELETE CASCADE
);
CREATE INDEX credenciales_router_router_idx
    ON credenciales_router (empresa_id, router_id, creada_en DESC, usuario DESC);
CREATE TRIGGER credenciales_router_claves_cifrado
    AFTER INSERT OR UPDATE OF password_encrypted ON credenciales_router
    FOR EACH ROW EXECUTE FUNCTION claves_cifrado_de_router();

ALTER TABLE credenciales_router ENABLE ROW LEVEL SECURITY;
ALTER TABLE credenciales_router FORCE ROW LEVEL SECURITY;
CREATE POLICY credenciales_router_alcance ON credenciales_router
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));

-- How a router was at its last check, and when the next one is due.
CREATE TABLE revisiones_router (
    router_id varchar(50) PRIMARY KEY,
    empresa_id varchar(50) NOT NULL,
    -- Null until the first check.
    estado varchar(10),
    desde timestamp,
    revisado_en timestamp,
    revisar_en timestamp NOT NULL,
    CONSTRAINT revisiones_router_router_fkey FOREIGN KEY (empresa_id, router_id)
        REFERENCES routers (empresa_id, id) ON DELETE CASCADE,
    CONSTRAINT revisiones_router_estado_check CHECK (estado IN ('ok', 'avisos', 'caido')),
    CONSTRAINT revisiones_router_hecha_check
        CHECK ((estado IS NULL) = (desde IS NULL) AND (estado IS NULL) = (revisado_en IS NULL))
);
CREATE INDEX revisiones_router_empresa_idx ON revisiones_router (empresa_id, router_id);
CREATE INDEX revisiones_router_por_hacer_idx ON revisiones_router (revisar_en, router_id);

ALTER TABLE revisiones_router ENABLE ROW LEVEL SECURITY;
ALTER TABLE revisiones_router FORCE ROW LEVEL SECURITY;
CREATE POLICY revisiones_router_alcance ON revisiones_router
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));
