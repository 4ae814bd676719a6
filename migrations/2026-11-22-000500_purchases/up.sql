-- Sales, from the first click to the last refund. `estado` is the state machine of the server;
-- `estado_pago` and `estado_hotspot` show it the way callers know it and are written together
-- with it.
CREATE TABLE transacciones (
    id bigserial PRIMARY KEY,
    -- The one charge attempt.
    intento_id uuid NOT NULL CONSTRAINT transacciones_intento_key UNIQUE,
    -- What callers know the payment by: Conekta's order, Mercado Pago's payment.
    transaccion_id text GENERATED ALWAYS AS (
        CASE pasarela WHEN 'conekta' THEN orden_id ELSE pago_id END
    ) STORED,
    -- Our reference at the gateway, of either one.
    external_reference varchar(256) NOT NULL CONSTRAINT transacciones_referencia_key UNIQUE,
    empresa_id varchar(50) NOT NULL,
    router_id varchar(50) NOT NULL,
    producto_id bigint,
    nombre_venta varchar(100) NOT NULL,
    perfil_mikrotik_nombre varchar(100) NOT NULL,
    pasarela varchar(20) NOT NULL,
    credenciales_version bigint NOT NULL,
    modo varchar(10) NOT NULL,
    monto numeric(10, 2) NOT NULL,
    moneda varchar(3) NOT NULL DEFAULT 'MXN',
    -- As the gateway reports it, so wide enough for whatever it reports.
    monto_cobrado numeric(20, 2),
    monto_reembolsado numeric(20, 2) NOT NULL DEFAULT 0,
    -- Blanked (null) when the retention time is over.
    cliente_nombre varchar(100),
    cliente_email varchar(100),
    cliente_telefono varchar(20),
    dispositivo_mac varchar(17),
    dispositivo_ip varchar(45),
    dispositivo_info varchar(255),
    auto_conectar boolean NOT NULL DEFAULT false,
    tipo_usuario varchar(20) NOT NULL,
    usuario_hotspot varchar(50) NOT NULL,
    usuarios_candidatos text[] NOT NULL,
    password_hotspot text NOT NULL,
    hotspot_id varchar(50),
    -- Until when a command cut off from its answer may still add the user; null: there is none.
    hotspot_incierto_hasta timestamp,
    expiracion_hotspot timestamp,
    -- SHA-256 of the public purchase token.
    token_huella varchar(64) NOT NULL CONSTRAINT transacciones_token_key UNIQUE,
    -- Texts of the gateway have no limit that we could rely on.
    orden_id text,
    pago_id text,
    pasarela_estado text,
    pasarela_detalle text,
    url_autenticacion text,
    motivo_rechazo varchar(50),
    motivo_fallo varchar(50),
    estado varchar(20) NOT NULL DEFAULT 'created',
    estado_pago text NOT NULL DEFAULT 'pending',
    estado_hotspot varchar(20) NOT NULL DEFAULT 'pending',
    lecturas_vacias integer NOT NULL DEFAULT 0,
    lecturas_fallidas_desde timestamp,
    -- Counted up by every write; a write with an old number changes nothing.
    revision bigint NOT NULL DEFAULT 0,
    bloqueada_hasta timestamp,
    proximo_intento_en timestamp,
    intentos integer NOT NULL DEFAULT 0,
    -- Why a person must decide; workers leave the purchase alone.
    motivo_revision text,
    notification_id varchar(100),
    webhook_processed boolean NOT NULL DEFAULT false,
    webhook_received_at timestamp,
    metadata_json jsonb NOT NULL DEFAULT '{}',
    api_key_usada varchar(64),
    creada_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    -- Committed before the charge goes on the wire; null: no charge was ever sent.
    cargo_enviado_en timestamp,
    pagada_en timestamp,
    usuario_creado_en timestamp,
    concluida_en timestamp,

    CONSTRAINT transacciones_router_fkey FOREIGN KEY (empresa_id, router_id)
        REFERENCES routers (empresa_id, id),
    CONSTRAINT transacciones_producto_fkey FOREIGN KEY (empresa_id, router_id, producto_id)
        REFERENCES productos (empresa_id, router_id, id),
    -- Targets of composite references.
    CONSTRAINT transacciones_empresa_id_key UNIQUE (empresa_id, id),
    CONSTRAINT transacciones_empresa_router_id_key UNIQUE (empresa_id, router_id, id),
    -- A hotspot user name is sold once per router, for ever.
    CONSTRAINT transacciones_router_usuario_key UNIQUE (router_id, usuario_hotspot),
    -- A gateway payment belongs to one purchase of a company.
    CONSTRAINT transacciones_empresa_pasarela_pago_key UNIQUE (empresa_id, pasarela, pago_id),
    CONSTRAINT transacciones_empresa_pasarela_transaccion_key
        UNIQUE (empresa_id, pasarela, transaccion_id),

    CONSTRAINT transacciones_pasarela_check CHECK (pasarela IN ('conekta', 'mercado_pago')),
    CONSTRAINT transacciones_modo_check CHECK (modo IN ('test', 'live')),
    CONSTRAINT transacciones_moneda_check CHECK (moneda IN ('MXN', 'USD', 'EUR')),
    CONSTRAINT transacciones_tipo_usuario_check
        CHECK (tipo_usuario IN ('usuario_contrasena', 'pin')),
    CONSTRAINT transacciones_estado_check CHECK (estado IN (
        'created', 'charging', 'verifying', 'pending', 'paid', 'declined', 'failed', 'given_up',
        'mismatch', 'refunding', 'refunded', 'charged_back'
    )),
    CONSTRAINT transacciones_estado_hotspot_check CHECK (
        estado_hotspot IN ('pending', 'active', 'pending_removal', 'removed', 'failed')
    ),
    CONSTRAINT transacciones_estado_pago_check CHECK (
        estado <> 'paid' OR estado_pago IN ('paid', 'approved')
    ),
    CONSTRAINT transacciones_monto_check CHECK (monto > 0),
    -- Never more back than was taken.
    CONSTRAINT transacciones_reembolsado_check CHECK (
        monto_reembolsado >= 0 AND monto_reembolsado <= coalesce(monto_cobrado, monto)
    ),
    -- Nobody gets access unpaid.
    CONSTRAINT transacciones_acceso_check CHECK (
        estado_hotspot <> 'active' OR (estado = 'paid' AND usuario_creado_en IS NOT NULL)
    ),
    -- Money is only ours after a charge that was announced here first.
    CONSTRAINT transacciones_pagada_check CHECK (
        estado <> 'paid' OR (pagada_en IS NOT NULL AND cargo_enviado_en IS NOT NULL)
    ),
    -- What has an outcome of a charge has sent one, and what is only created has not.
    CONSTRAINT transacciones_cargo_check CHECK (
        CASE
            WHEN estado = 'created' THEN cargo_enviado_en IS NULL
            WHEN estado IN ('charging', 'verifying', 'pending', 'declined', 'given_up')
                THEN cargo_enviado_en IS NOT NULL
            ELSE true
        END
    )
);

-- Lists, and their counts, of one company.
CREATE INDEX transacciones_empresa_creada_idx
    ON transacciones (empresa_id, creada_en DESC, id DESC) WHERE cargo_enviado_en IS NOT NULL;
-- Dashboards, answered from the index alone.
CREATE INDEX transacciones_totales_idx
    ON transacciones (empresa_id, estado) INCLUDE (monto, monto_reembolsado)
    WHERE cargo_enviado_en IS NOT NULL;
-- Workers' claims. What waits for a person is left alone, but its router user still goes.
CREATE INDEX transacciones_por_hacer_idx
    ON transacciones (proximo_intento_en, empresa_id, id)
    WHERE proximo_intento_en IS NOT NULL
        AND (motivo_revision IS NULL OR estado_hotspot = 'pending_removal');
-- What is not finished, for metrics.
CREATE INDEX transacciones_abiertas_idx ON transacciones (estado, estado_hotspot)
    WHERE estado IN ('created', 'charging', 'verifying', 'pending', 'refunding')
        OR estado_hotspot = 'pending_removal'
        OR motivo_revision IS NOT NULL
        OR (estado = 'paid' AND estado_hotspot = 'pending');
-- The platform owner's lists.
CREATE INDEX transacciones_estado_idx ON transacciones (estado, creada_en DESC, id DESC);
CREATE INDEX transacciones_revision_idx ON transacciones (creada_en DESC, id DESC)
    WHERE motivo_revision IS NOT NULL;
-- News from the gateways.
CREATE INDEX transacciones_orden_idx ON transacciones (orden_id) WHERE orden_id IS NOT NULL;
CREATE INDEX transacciones_pago_idx ON transacciones (pago_id) WHERE pago_id IS NOT NULL;
-- The daily audit.
CREATE INDEX transacciones_pagada_idx ON transacciones (empresa_id, pasarela, pagada_en)
    WHERE estado = 'paid';
-- Whether somebody bought again meanwhile.
CREATE INDEX transacciones_router_email_idx ON transacciones (router_id, cliente_email)
    WHERE estado = 'paid';
CREATE INDEX transacciones_router_mac_idx ON transacciones (router_id, dispositivo_mac)
    WHERE estado = 'paid';
-- Retention of customers' data.
CREATE INDEX transacciones_cliente_idx ON transacciones (creada_en)
    WHERE cliente_email IS NOT NULL;
CREATE INDEX transacciones_producto_idx ON transacciones (producto_id);

-- What keeps a repeated request from charging twice.
CREATE TABLE claves_idempotencia (
    router_id varchar(50) NOT NULL,
    tipo varchar(20) NOT NULL,
    clave varchar(255) NOT NULL,
    empresa_id varchar(50) NOT NULL,
    compra_id bigint NOT NULL,
    -- HMAC of the request that claimed the key.
    huella varchar(64) NOT NULL,
    creada_en timestamp NOT NULL,
    CONSTRAINT claves_idempotencia_pkey PRIMARY KEY (router_id, tipo, clave),
    CONSTRAINT claves_idempotencia_compra_fkey FOREIGN KEY (empresa_id, router_id, compra_id)
        REFERENCES transacciones (empresa_id, router_id, id),
    CONSTRAINT claves_idempotencia_tipo_check CHECK (tipo IN ('cabecera', 'tarjeta'))
);
CREATE INDEX claves_idempotencia_compra_idx ON claves_idempotencia (compra_id);

CREATE TABLE reembolsos (
    id bigserial PRIMARY KEY,
    empresa_id varchar(50) NOT NULL,
    compra_id bigint NOT NULL,
    -- Idempotency key towards the gateway.
    llave uuid NOT NULL CONSTRAINT reembolsos_llave_key UNIQUE,
    -- The caller's key, if the caller was a person.
    clave_solicitud varchar(255),
    monto numeric(20, 2) NOT NULL,
    moneda varchar(3) NOT NULL,
    reembolsado_antes numeric(20, 2) NOT NULL,
    motivo text,
    estado varchar(20) NOT NULL DEFAULT 'sending',
    reembolso_pasarela_id text,
    creado_en timestamp NOT NULL,
    terminado_en timestamp,
    CONSTRAINT reembolsos_compra_fkey FOREIGN KEY (empresa_id, compra_id)
        REFERENCES transacciones (empresa_id, id),
    CONSTRAINT reembolsos_clave_solicitud_key UNIQUE (compra_id, clave_solicitud),
    CONSTRAINT reembolsos_monto_check CHECK (monto > 0 AND reembolsado_antes >= 0),
    CONSTRAINT reembolsos_moneda_check CHECK (moneda IN ('MXN', 'USD', 'EUR')),
    CONSTRAINT reembolsos_estado_check CHECK (estado IN ('sending', 'done', 'refused'))
);
-- One refund in flight per purchase.
CREATE UNIQUE INDEX reembolsos_en_curso_key ON reembolsos (compra_id) WHERE estado = 'sending';
CREATE INDEX reembolsos_compra_idx ON reembolsos (compra_id, id);
