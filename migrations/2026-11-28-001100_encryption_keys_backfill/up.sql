-- What was sealed before the triggers existed. One pass, in a step of its own so that it runs
-- beside sales: the triggers' locks ended with the step before.
INSERT INTO claves_cifrado (clave, en_retiro)
SELECT DISTINCT split_part(texto, ':', 1), false
FROM (
    SELECT conekta_private_key AS texto FROM empresas
    UNION ALL SELECT mercado_pago_access_token FROM empresas
    UNION ALL SELECT mercado_pago_webhook_secret FROM empresas
    UNION ALL SELECT telegram_bot_token FROM empresas
    UNION ALL SELECT secreto FROM credenciales_pasarela
    UNION ALL SELECT webhook_secreto FROM credenciales_pasarela
    UNION ALL SELECT password_encrypted FROM routers
    UNION ALL SELECT password_hotspot FROM transacciones
) AS secretos
WHERE strpos(texto, ':') > 1
ON CONFLICT DO NOTHING;
