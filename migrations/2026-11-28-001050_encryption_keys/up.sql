-- Ids of the encryption keys that sealed something stored, so that the server can tell at start,
-- without reading the sealed texts, whether it has every key that it needs. Kept by the triggers
-- below; raw webhook bodies do not count, because the server never opens them.
CREATE TABLE claves_cifrado (
    clave text NOT NULL,
    -- A key rotation is replacing what this key sealed. Use after the rotation began is recorded
    -- apart, so that its end does not forget it.
    en_retiro boolean NOT NULL,
    CONSTRAINT claves_cifrado_pkey PRIMARY KEY (clave, en_retiro)
);

CREATE FUNCTION claves_cifrado_anotar(texto text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- A text without a colon is of an older kind and names no key.
    IF strpos(texto, ':') > 1 AND NOT EXISTS (
        SELECT 1 FROM claves_cifrado WHERE clave = split_part(texto, ':', 1) AND NOT en_retiro
    ) THEN
        INSERT INTO claves_cifrado (clave, en_retiro) VALUES (split_part(texto, ':', 1), false)
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- Only what changed counts: a rotation replaces the secrets of a row one after the other.
CREATE FUNCTION claves_cifrado_de_empresa() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.conekta_private_key IS DISTINCT FROM OLD.conekta_private_key THEN
        PERFORM claves_cifrado_anotar(NEW.conekta_private_key);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.mercado_pago_access_token IS DISTINCT FROM OLD.mercado_pago_access_token THEN
        PERFORM claves_cifrado_anotar(NEW.mercado_pago_access_token);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.mercado_pago_webhook_secret IS DISTINCT FROM OLD.mercado_pago_webhook_secret THEN
        PERFORM claves_cifrado_anotar(NEW.mercado_pago_webhook_secret);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.telegram_bot_token IS DISTINCT FROM OLD.telegram_bot_token THEN
        PERFORM claves_cifrado_anotar(NEW.telegram_bot_token);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER empresas_claves_cifrado
    AFTER INSERT OR UPDATE OF conekta_private_key, mercado_pago_access_token,
        mercado_pago_webhook_secret, telegram_bot_token ON empresas
    FOR EACH ROW EXECUTE FUNCTION claves_cifrado_de_empresa();

CREATE FUNCTION claves_cifrado_de_credencial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.secreto IS DISTINCT FROM OLD.secreto THEN
        PERFORM claves_cifrado_anotar(NEW.secreto);
    END IF;
    IF TG_OP = 'INSERT' OR NEW.webhook_secreto IS DISTINCT FROM OLD.webhook_secreto THEN
        PERFORM claves_cifrado_anotar(NEW.webhook_secreto);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER credenciales_pasarela_claves_cifrado
    AFTER INSERT OR UPDATE OF secreto, webhook_secreto ON credenciales_pasarela
    FOR EACH ROW EXECUTE FUNCTION claves_cifrado_de_credencial();

CREATE FUNCTION claves_cifrado_de_router() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.password_encrypted IS DISTINCT FROM OLD.password_encrypted THEN
        PERFORM claves_cifrado_anotar(NEW.password_encrypted);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER routers_claves_cifrado
    AFTER INSERT OR UPDATE OF password_encrypted ON routers
    FOR EACH ROW EXECUTE FUNCTION claves_cifrado_de_router();

CREATE FUNCTION claves_cifrado_de_transaccion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.password_hotspot IS DISTINCT FROM OLD.password_hotspot THEN
        PERFORM claves_cifrado_anotar(NEW.password_hotspot);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER transacciones_claves_cifrado
    AFTER INSERT OR UPDATE OF password_hotspot ON transacciones
    FOR EACH ROW EXECUTE FUNCTION claves_cifrado_de_transaccion();
