SELECT c.relname,
       pg_catalog.pg_get_indexdef(i.indexrelid),
       i.indisunique,
       i.indisprimary,
       i.indisvalid,
       greatest(c.relpages, 0)::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::pg_catalog.oid
ORDER BY i.indisprimary DESC, c.relname
