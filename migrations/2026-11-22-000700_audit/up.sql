-- Who did what, when, from where. No references: the log outlives what it speaks of.
CREATE TABLE auditoria (
    id bigserial PRIMARY KEY,
    -- Null: the server itself.
    usuario_id bigint,
    accion varchar(100) NOT NULL,
    empresa_id varchar(50),
    sujeto_tipo varchar(50) NOT NULL,
    sujeto_id text NOT NULL,
    detalle text,
    direccion_remota varchar(100),
    creada_en timestamp NOT NULL
);
CREATE INDEX auditoria_creada_idx ON auditoria (creada_en DESC, id DESC);
CREATE INDEX auditoria_empresa_creada_idx ON auditoria (empresa_id, creada_en DESC, id DESC);

CREATE FUNCTION auditoria_solo_agregar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'auditoria is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER auditoria_sin_cambios
    BEFORE UPDATE OR DELETE OR TRUNCATE ON auditoria
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_agregar();
