DROP TABLE revisiones_router;
DROP TABLE credenciales_router;
