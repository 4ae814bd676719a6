DROP TABLE api_keys_tracking;
DROP TABLE routers;
