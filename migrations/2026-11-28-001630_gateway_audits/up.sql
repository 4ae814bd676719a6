-- How far each company's account at a gateway has been audited, and who does it next: one replica at
-- a time, once a day.
CREATE TABLE auditorias_pasarela (
    empresa_id varchar(50) NOT NULL REFERENCES empresas (id),
    pasarela varchar(20) NOT NULL,
    -- Every change of a payment up to here was compared; null: none yet.
    auditada_hasta timestamp,
    -- The next audit is due then; while one runs, the end of its lease.
    proxima_en timestamp NOT NULL,
    CONSTRAINT auditorias_pasarela_pkey PRIMARY KEY (empresa_id, pasarela),
    CONSTRAINT auditorias_pasarela_pasarela_check CHECK (pasarela IN ('conekta', 'mercado_pago'))
);

ALTER TABLE auditorias_pasarela ENABLE ROW LEVEL SECURITY;
ALTER TABLE auditorias_pasarela FORCE ROW LEVEL SECURITY;
CREATE POLICY auditorias_pasarela_alcance ON auditorias_pasarela
    USING ((SELECT current_setting('app.alcance', true)) IN ('*', empresa_id));
