CREATE TABLE routers (
    id varchar(50) PRIMARY KEY,
    empresa_id varchar(50) NOT NULL CONSTRAINT routers_empresa_fkey REFERENCES empresas (id),
    nombre varchar(100) NOT NULL,
    host varchar(255) NOT NULL,
    puerto integer NOT NULL DEFAULT 8728,
    usuario varchar(50) NOT NULL,
    password_encrypted text NOT NULL,
    ubicacion varchar(200),
    api_key_hash varchar(64) NOT NULL CONSTRAINT routers_api_key_hash_key UNIQUE,
    -- Kept apart from the port: a router once on TLS never gets its password in clear.
    tls_modo varchar(20) NOT NULL DEFAULT 'ninguno',
    tls_ca_pem text,
    tls_huella_sha256 varchar(64),
    -- Pooled connections are keyed by it.
    version bigint NOT NULL DEFAULT 1,
    activo boolean NOT NULL DEFAULT true,
    creado_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    -- Target of composite references, so that no row points at another company's router.
    CONSTRAINT routers_empresa_id_key UNIQUE (empresa_id, id),
    CONSTRAINT routers_puerto_check CHECK (puerto BETWEEN 1 AND 65535),
    CONSTRAINT routers_tls_modo_check CHECK (
        tls_modo IN ('ninguno', 'primera_vez', 'huella', 'ca', 'publico', 'inseguro')
    )
);
CREATE INDEX routers_empresa_creado_idx ON routers (empresa_id, creado_en, id);

CREATE TABLE api_keys_tracking (
    key_id varchar(50) PRIMARY KEY,
    empresa_id varchar(50) NOT NULL,
    router_id varchar(50) NOT NULL,
    key_hash varchar(64) NOT NULL CONSTRAINT api_keys_tracking_key_hash_key UNIQUE,
    issued_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    revoked boolean NOT NULL DEFAULT false,
    revoked_at timestamp,
    last_used timestamp,
    use_count bigint NOT NULL DEFAULT 0,
    CONSTRAINT api_keys_tracking_router_fkey FOREIGN KEY (empresa_id, router_id)
        REFERENCES routers (empresa_id, id) ON DELETE CASCADE,
    CONSTRAINT api_keys_tracking_revoked_check CHECK (revoked = (revoked_at IS NOT NULL))
);
CREATE INDEX api_keys_tracking_router_idx
    ON api_keys_tracking (empresa_id, router_id, issued_at DESC);
CREATE INDEX api_keys_tracking_usable_idx
    ON api_keys_tracking (empresa_id, expires_at) WHERE NOT revoked;
