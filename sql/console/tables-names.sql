-- What a statement about one table needs to know of it. A row for each column; one with NULLs where it has none.
SELECT n.nspname,
       c.relname,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END,
       c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid),
       a.attname,
       a.atttypid,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       tn.nspname,
       t.typname,
       NOT a.attnotnull,
       k.place,
       a.attlen < 0 AND t.typcategory NOT IN ('E', 'I') AND coalesce(nullif(t.typbasetype, 0), t.oid) <> 1700,
       coalesce(nullif(t.typbasetype, 0), t.oid) = 17
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN LATERAL (
  SELECT u.place
  FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY u (attnum, place)
  WHERE i.indrelid = c.oid AND i.indisprimary AND u.attnum = a.attnum AND u.place <= i.indnkeyatts
) k ON true
WHERE c.oid = $1::pg_catalog.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY a.attnum
