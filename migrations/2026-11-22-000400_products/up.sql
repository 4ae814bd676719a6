CREATE TABLE productos (
    id bigserial PRIMARY KEY,
    empresa_id varchar(50) NOT NULL,
    router_id varchar(50) NOT NULL,
    perfil_mikrotik_id varchar(100) NOT NULL,
    perfil_mikrotik_nombre varchar(100) NOT NULL,
    nombre_venta varchar(100) NOT NULL,
    descripcion text,
    imagen_url varchar(500),
    precio numeric(10, 2) NOT NULL,
    moneda varchar(3) NOT NULL DEFAULT 'MXN',
    detalles jsonb NOT NULL DEFAULT '[]',
    activo boolean NOT NULL DEFAULT true,
    orden_visual integer NOT NULL DEFAULT 0,
    destacado boolean NOT NULL DEFAULT false,
    creado_en timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CONSTRAINT productos_router_fkey FOREIGN KEY (empresa_id, router_id)
        REFERENCES routers (empresa_id, id),
    -- Inactive products count too.
    CONSTRAINT productos_empresa_router_perfil_key
        UNIQUE (empresa_id, router_id, perfil_mikrotik_id),
    -- Target of composite references.
    CONSTRAINT productos_empresa_router_id_key UNIQUE (empresa_id, router_id, id),
    CONSTRAINT productos_precio_check CHECK (precio > 0),
    CONSTRAINT productos_moneda_check CHECK (moneda IN ('MXN', 'USD', 'EUR')),
    CONSTRAINT productos_detalles_check CHECK (jsonb_typeof(detalles) = 'array')
);
CREATE INDEX productos_empresa_orden_idx
    ON productos (empresa_id, orden_visual, creado_en DESC, id);
CREATE INDEX productos_venta_idx
    ON productos (empresa_id, router_id, orden_visual, destacado DESC, id) WHERE activo;
