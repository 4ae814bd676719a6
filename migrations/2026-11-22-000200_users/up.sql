CREATE TABLE usuarios (
    id bigserial PRIMARY KEY,
    rol varchar(20) NOT NULL,
    empresa_id varchar(50) CONSTRAINT usuarios_empresa_fkey REFERENCES empresas (id),
    email varchar(100) NOT NULL CONSTRAINT usuarios_email_key UNIQUE,
    password_hash varchar(255) NOT NULL,
    nombre varchar(100) NOT NULL,
    activo boolean NOT NULL DEFAULT true,
    -- Sessions carry the number that they were issued under and end when it differs.
    token_version bigint NOT NULL DEFAULT 0,
    ultimo_login timestamp,
    creado_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CONSTRAINT usuarios_rol_check CHECK (rol IN ('super_admin', 'cliente_admin')),
    CONSTRAINT usuarios_empresa_check CHECK ((rol = 'cliente_admin') = (empresa_id IS NOT NULL))
);
CREATE INDEX usuarios_empresa_idx ON usuarios (empresa_id, id);

-- Tokens that were logged out, kept until they expire by themselves.
CREATE TABLE sesiones_revocadas (
    jti uuid PRIMARY KEY,
    usuario_id bigint NOT NULL
        CONSTRAINT sesiones_revocadas_usuario_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    expira_en timestamp NOT NULL
);
CREATE INDEX sesiones_revocadas_usuario_idx ON sesiones_revocadas (usuario_id);
CREATE INDEX sesiones_revocadas_expira_idx ON sesiones_revocadas (expira_en);
