-- One row, made here: tells payments of this installation from those of another one that shares
-- a merchant account.
CREATE TABLE instalacion (
    unica boolean PRIMARY KEY DEFAULT true CONSTRAINT instalacion_unica_check CHECK (unica),
    id uuid NOT NULL
);
INSERT INTO instalacion (id) VALUES (gen_random_uuid());

-- The gateway columns mirror the present version of credenciales_pasarela; both are written in
-- one transaction. Columns that hold secrets hold sealed texts.
CREATE TABLE empresas (
    id varchar(50) PRIMARY KEY,
    nombre varchar(100) NOT NULL,
    contacto_email varchar(100),
    contacto_telefono varchar(20),
    logo_url varchar(255),
    conekta_private_key text,
    conekta_public_key text,
    conekta_mode varchar(10) NOT NULL DEFAULT 'test',
    conekta_webhook_public_keys text[] NOT NULL DEFAULT '{}',
    conekta_collector text,
    conekta_version bigint NOT NULL DEFAULT 0,
    mercado_pago_access_token text,
    mercado_pago_public_key text,
    mercado_pago_mode varchar(20) NOT NULL DEFAULT 'test',
    mercado_pago_webhook_secret text,
    mercado_pago_collector text,
    mercado_pago_version bigint NOT NULL DEFAULT 0,
    telegram_bot_token text,
    telegram_chat_id varchar(50),
    notificaciones_telegram boolean NOT NULL DEFAULT false,
    activa boolean NOT NULL DEFAULT true,
    creada_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    -- '*' is the scope that sees everybody, '' the scope that sees nobody.
    CONSTRAINT empresas_id_check CHECK (id NOT IN ('', '*')),
    CONSTRAINT empresas_conekta_mode_check CHECK (conekta_mode IN ('test', 'live')),
    CONSTRAINT empresas_mercado_pago_mode_check CHECK (mercado_pago_mode IN ('test', 'live')),
    CONSTRAINT empresas_version_check CHECK (conekta_version >= 0 AND mercado_pago_version >= 0)
);
CREATE INDEX empresas_creada_idx ON empresas (creada_en, id);

-- Every version of gateway credentials ever set: a purchase is read, refunded and audited with
-- the one that it was charged with.
CREATE TABLE credenciales_pasarela (
    empresa_id varchar(50) NOT NULL
        CONSTRAINT credenciales_pasarela_empresa_fkey REFERENCES empresas (id),
    pasarela varchar(20) NOT NULL,
    version bigint NOT NULL,
    secreto text,
    clave_publica text,
    modo varchar(10) NOT NULL,
    webhook_secreto text,
    webhook_claves_publicas text[] NOT NULL DEFAULT '{}',
    cobrador text,
    creada_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CONSTRAINT credenciales_pasarela_pkey PRIMARY KEY (empresa_id, pasarela, version),
    CONSTRAINT credenciales_pasarela_pasarela_check CHECK (pasarela IN ('conekta', 'mercado_pago')),
    CONSTRAINT credenciales_pasarela_modo_check CHECK (modo IN ('test', 'live')),
    CONSTRAINT credenciales_pasarela_version_check CHECK (version >= 1)
);

-- In the database, so that every replica serves it.
CREATE TABLE logos (
    empresa_id varchar(50) PRIMARY KEY
        CONSTRAINT logos_empresa_fkey REFERENCES empresas (id),
    archivo varchar(255) NOT NULL CONSTRAINT logos_archivo_key UNIQUE,
    tipo varchar(50) NOT NULL,
    contenido bytea NOT NULL,
    etag varchar(100) NOT NULL,
    creado_en timestamp NOT NULL
);
