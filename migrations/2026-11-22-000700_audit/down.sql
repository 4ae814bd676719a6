DROP TABLE auditoria;
DROP FUNCTION auditoria_solo_agregar();
