-- For each wanted relation ($1, a JSON array of {schema, name}): where it is found, its estimated rows, and its columns as JSON.
-- A name without a schema is looked for along the search path. A schema with the name null stands for every table in it.
SELECT w.schema, w.name, n.nspname, c.relname, c.reltuples::bigint,
       (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM json_to_recordset($1::json) AS w (schema text, name text)
JOIN pg_class c ON (w.name IS NULL OR c.relname = w.name) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE CASE WHEN w.schema IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = w.schema END
  AND (w.name IS NOT NULL OR c.relkind IN ('r', 'p'))
