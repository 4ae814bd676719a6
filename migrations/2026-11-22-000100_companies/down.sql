DROP TABLE logos;
DROP TABLE credenciales_pasarela;
DROP TABLE empresas;
DROP TABLE instalacion;
