DROP TABLE sesiones_revocadas;
DROP TABLE usuarios;
