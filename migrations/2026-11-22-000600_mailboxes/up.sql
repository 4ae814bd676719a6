-- Notices to operators. Ids only: the text is rendered when it is sent.
CREATE TABLE bandeja_salida (
    id bigserial PRIMARY KEY,
    empresa_id varchar(50) NOT NULL
        CONSTRAINT bandeja_salida_empresa_fkey REFERENCES empresas (id),
    tipo varchar(50) NOT NULL,
    compra_id bigint,
    creada_en timestamp NOT NULL,
    intentos integer NOT NULL DEFAULT 0,
    proximo_intento_en timestamp NOT NULL,
    bloqueada_hasta timestamp,
    CONSTRAINT bandeja_salida_compra_fkey FOREIGN KEY (empresa_id, compra_id)
        REFERENCES transacciones (empresa_id, id)
);
CREATE INDEX bandeja_salida_por_hacer_idx ON bandeja_salida (proximo_intento_en, empresa_id, id);
CREATE INDEX bandeja_salida_empresa_idx ON bandeja_salida (empresa_id, id);
CREATE INDEX bandeja_salida_compra_idx ON bandeja_salida (empresa_id, compra_id);

-- Gateway notices, stored before they are answered, kept for de-duplication.
CREATE TABLE bandeja_webhooks (
    id bigserial PRIMARY KEY,
    pasarela varchar(20) NOT NULL,
    empresa_id varchar(50) NOT NULL
        CONSTRAINT bandeja_webhooks_empresa_fkey REFERENCES empresas (id),
    evento_id text NOT NULL,
    tema text NOT NULL,
    orden_id text,
    pago_id text,
    referencia text,
    -- Whether the signature was right; unverified notices are hints.
    verificado boolean NOT NULL,
    cuerpo_hash varchar(64) NOT NULL,
    -- Sealed; dropped after 30 days.
    cuerpo text,
    recibido_en timestamp NOT NULL,
    intentos integer NOT NULL DEFAULT 0,
    proximo_intento_en timestamp NOT NULL,
    bloqueado_hasta timestamp,
    procesado_en timestamp,
    CONSTRAINT bandeja_webhooks_pasarela_check CHECK (pasarela IN ('conekta', 'mercado_pago'))
);
-- Only verified notices count: a forged one must not keep the genuine one out.
CREATE UNIQUE INDEX bandeja_webhooks_evento_key
    ON bandeja_webhooks (pasarela, empresa_id, evento_id) WHERE verificado;
CREATE INDEX bandeja_webhooks_por_hacer_idx
    ON bandeja_webhooks (proximo_intento_en, empresa_id, id) WHERE procesado_en IS NULL;
CREATE INDEX bandeja_webhooks_empresa_idx ON bandeja_webhooks (empresa_id);
CREATE INDEX bandeja_webhooks_recibido_idx ON bandeja_webhooks (recibido_en);
