-- For each wanted table ($1, a JSON array of {schema, name}): the schema where it is found, and whether the role may read it.
-- A name without a schema is looked for along the search path.
SELECT w.schema, w.name, f.schema, f.readable
FROM json_to_recordset($1::json) AS w (schema text, name text)
LEFT JOIN LATERAL (
  SELECT n.nspname AS schema,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = w.name
    AND c.relkind IN ('r', 'p', 'f')
    AND CASE WHEN w.schema IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = w.schema END
  LIMIT 1
) f ON true
