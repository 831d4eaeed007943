-- Names for completion. A database with more relations than the limit is completed as far as it goes.
SELECT n.nspname, c.relname, pg_catalog.array_to_json(pg_catalog.array_agg(a.attname ORDER BY a.attnum))
FROM (
  SELECT oid, relname, relnamespace
  FROM pg_catalog.pg_class
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
    AND relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
  ORDER BY relnamespace, relname
  LIMIT $1::pg_catalog.int8
) c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY n.nspname, c.relname
