-- Waits for the table where it is locked exclusively, so it runs apart and with a short limit.
SELECT pg_catalog.pg_total_relation_size($1::pg_catalog.oid)
