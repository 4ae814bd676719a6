DROP TABLE bandeja_webhooks;
DROP TABLE bandeja_salida;
