DROP TABLE productos;
