//! The tables as diesel sees them. A test compares them with what the migrations make.

diesel::table! {
    api_keys_tracking (key_id) {
        key_id -> Text,
        empresa_id -> Text,
        router_id -> Text,
        key_hash -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        revoked -> Bool,
        revoked_at -> Nullable<Timestamp>,
        last_used -> Nullable<Timestamp>,
        use_count -> BigInt,
    }
}

diesel::table! {
    auditoria (id) {
        id -> BigInt,
        usuario_id -> Nullable<BigInt>,
        accion -> Text,
        empresa_id -> Nullable<Text>,
        sujeto_tipo -> Text,
        sujeto_id -> Text,
        detalle -> Nullable<Text>,
        direccion_remota -> Nullable<Text>,
        creada_en -> Timestamp,
    }
}

diesel::table! {
    auditorias_pasarela (empresa_id, pasarela) {
        empresa_id -> Text,
        pasarela -> Text,
        auditada_hasta -> Nullable<Timestamp>,
        proxima_en -> Timestamp,
    }
}

diesel::table! {
    bandeja_salida (id) {
        id -> BigInt,
        empresa_id -> Text,
        tipo -> Text,
        compra_id -> Nullable<BigInt>,
        creada_en -> Timestamp,
        intentos -> Integer,
        proximo_intento_en -> Timestamp,
        bloqueada_hasta -> Nullable<Timestamp>,
        canal -> Text,
    }
}

diesel::table! {
    bandeja_webhooks (id) {
        id -> BigInt,
        pasarela -> Text,
        empresa_id -> Text,
        evento_id -> Text,
        tema -> Text,
        orden_id -> Nullable<Text>,
        pago_id -> Nullable<Text>,
        referencia -> Nullable<Text>,
        verificado -> Bool,
        cuerpo_hash -> Text,
        cuerpo -> Nullable<Text>,
        recibido_en -> Timestamp,
        intentos -> Integer,
        proximo_intento_en -> Timestamp,
        bloqueado_hasta -> Nullable<Timestamp>,
        procesado_en -> Nullable<Timestamp>,
    }
}

diesel::table! {
    claves_cifrado (clave, en_retiro) {
        clave -> Text,
        en_retiro -> Bool,
    }
}

diesel::table! {
    claves_idempotencia (router_id, tipo, clave) {
        router_id -> Text,
        tipo -> Text,
        clave -> Text,
        empresa_id -> Text,
        compra_id -> BigInt,
        huella -> Text,
        creada_en -> Timestamp,
    }
}

diesel::table! {
    credenciales_pasarela (empresa_id, pasarela, version) {
        empresa_id -> Text,
        pasarela -> Text,
        version -> BigInt,
        secreto -> Nullable<Text>,
        clave_publica -> Nullable<Text>,
        modo -> Text,
        webhook_secreto -> Nullable<Text>,
        webhook_claves_publicas -> Array<Text>,
        cobrador -> Nullable<Text>,
        creada_en -> Timestamp,
    }
}

diesel::table! {
    credenciales_router (usuario) {
        usuario -> Text,
        empresa_id -> Text,
        router_id -> Text,
        password_encrypted -> Text,
        creada_en -> Timestamp,
    }
}

diesel::table! {
    empresas (id) {
        id -> Text,
        nombre -> Text,
        contacto_email -> Nullable<Text>,
        contacto_telefono -> Nullable<Text>,
        logo_url -> Nullable<Text>,
        conekta_private_key -> Nullable<Text>,
        conekta_public_key -> Nullable<Text>,
        conekta_mode -> Text,
        conekta_webhook_public_keys -> Array<Text>,
        conekta_collector -> Nullable<Text>,
        conekta_version -> BigInt,
        mercado_pago_access_token -> Nullable<Text>,
        mercado_pago_public_key -> Nullable<Text>,
        mercado_pago_mode -> Text,
        mercado_pago_webhook_secret -> Nullable<Text>,
        mercado_pago_collector -> Nullable<Text>,
        mercado_pago_version -> BigInt,
        telegram_bot_token -> Nullable<Text>,
        telegram_chat_id -> Nullable<Text>,
        notificaciones_telegram -> Bool,
        activa -> Bool,
        creada_en -> Timestamp,
    }
}

diesel::table! {
    instalacion (unica) {
        unica -> Bool,
        id -> Uuid,
    }
}

diesel::table! {
    logos (empresa_id) {
        empresa_id -> Text,
        archivo -> Text,
        tipo -> Text,
        contenido -> Binary,
        etag -> Text,
        creado_en -> Timestamp,
    }
}

diesel::table! {
    productos (id) {
        id -> BigInt,
        empresa_id -> Text,
        router_id -> Text,
        perfil_mikrotik_id -> Text,
        perfil_mikrotik_nombre -> Text,
        nombre_venta -> Text,
        descripcion -> Nullable<Text>,
        imagen_url -> Nullable<Text>,
        precio -> Numeric,
        moneda -> Text,
        detalles -> Jsonb,
        activo -> Bool,
        orden_visual -> Integer,
        destacado -> Bool,
        creado_en -> Timestamp,
    }
}

diesel::table! {
    reembolsos (id) {
        id -> BigInt,
        empresa_id -> Text,
        compra_id -> BigInt,
        llave -> Uuid,
        clave_solicitud -> Nullable<Text>,
        monto -> Numeric,
        moneda -> Text,
        reembolsado_antes -> Numeric,
        motivo -> Nullable<Text>,
        estado -> Text,
        reembolso_pasarela_id -> Nullable<Text>,
        creado_en -> Timestamp,
        terminado_en -> Nullable<Timestamp>,
    }
}

diesel::table! {
    revisiones_router (router_id) {
        router_id -> Text,
        empresa_id -> Text,
        estado -> Nullable<Text>,
        desde -> Nullable<Timestamp>,
        revisado_en -> Nullable<Timestamp>,
        revisar_en -> Timestamp,
    }
}

diesel::table! {
    routers (id) {
        id -> Text,
        empresa_id -> Text,
        nombre -> Text,
        host -> Text,
        puerto -> Integer,
        usuario -> Text,
        password_encrypted -> Text,
        ubicacion -> Nullable<Text>,
        api_key_hash -> Text,
        tls_modo -> Text,
        tls_ca_pem -> Nullable<Text>,
        tls_huella_sha256 -> Nullable<Text>,
        version -> BigInt,
        activo -> Bool,
        creado_en -> Timestamp,
    }
}

diesel::table! {
    sesiones_revocadas (jti) {
        jti -> Uuid,
        usuario_id -> BigInt,
        expira_en -> Timestamp,
    }
}

diesel::table! {
    transacciones (id) {
        id -> BigInt,
        intento_id -> Uuid,
        transaccion_id -> Nullable<Text>,
        external_reference -> Text,
        empresa_id -> Text,
        router_id -> Text,
        producto_id -> Nullable<BigInt>,
        nombre_venta -> Text,
        perfil_mikrotik_nombre -> Text,
        pasarela -> Text,
        credenciales_version -> BigInt,
        modo -> Text,
        monto -> Numeric,
        moneda -> Text,
        monto_cobrado -> Nullable<Numeric>,
        monto_reembolsado -> Numeric,
        cliente_nombre -> Nullable<Text>,
        cliente_email -> Nullable<Text>,
        cliente_telefono -> Nullable<Text>,
        dispositivo_mac -> Nullable<Text>,
        dispositivo_ip -> Nullable<Text>,
        dispositivo_info -> Nullable<Text>,
        auto_conectar -> Bool,
        tipo_usuario -> Text,
        usuario_hotspot -> Text,
        usuarios_candidatos -> Array<Text>,
        password_hotspot -> Text,
        hotspot_id -> Nullable<Text>,
        hotspot_incierto_hasta -> Nullable<Timestamp>,
        expiracion_hotspot -> Nullable<Timestamp>,
        token_huella -> Text,
        orden_id -> Nullable<Text>,
        pago_id -> Nullable<Text>,
        pasarela_estado -> Nullable<Text>,
        pasarela_detalle -> Nullable<Text>,
        url_autenticacion -> Nullable<Text>,
        motivo_rechazo -> Nullable<Text>,
        motivo_fallo -> Nullable<Text>,
        estado -> Text,
        estado_pago -> Text,
        estado_hotspot -> Text,
        lecturas_vacias -> Integer,
        lecturas_fallidas_desde -> Nullable<Timestamp>,
        revision -> BigInt,
        bloqueada_hasta -> Nullable<Timestamp>,
        proximo_intento_en -> Nullable<Timestamp>,
        intentos -> Integer,
        motivo_revision -> Nullable<Text>,
        notification_id -> Nullable<Text>,
        webhook_processed -> Bool,
        webhook_received_at -> Nullable<Timestamp>,
        metadata_json -> Jsonb,
        api_key_usada -> Nullable<Text>,
        creada_en -> Timestamp,
        cargo_enviado_en -> Nullable<Timestamp>,
        pagada_en -> Nullable<Timestamp>,
        usuario_creado_en -> Nullable<Timestamp>,
        concluida_en -> Nullable<Timestamp>,
        acceso_limite_en -> Nullable<Timestamp>,
        decidida_en -> Nullable<Timestamp>,
        leida_en -> Nullable<Timestamp>,
        cliente_huella -> Nullable<Text>,
    }
}

diesel::table! {
    usuarios (id) {
        id -> BigInt,
        rol -> Text,
        empresa_id -> Nullable<Text>,
        email -> Text,
        password_hash -> Text,
        nombre -> Text,
        activo -> Bool,
        token_version -> BigInt,
        ultimo_login -> Nullable<Timestamp>,
        creado_en -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_keys_tracking,
    auditoria,
    auditorias_pasarela,
    bandeja_salida,
    bandeja_webhooks,
    claves_cifrado,
    claves_idempotencia,
    credenciales_pasarela,
    credenciales_router,
    empresas,
    instalacion,
    logos,
    productos,
    reembolsos,
    revisiones_router,
    routers,
    sesiones_revocadas,
    transacciones,
    usuarios,
);
