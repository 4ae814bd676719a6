DROP TABLE auditorias_pasarela;
