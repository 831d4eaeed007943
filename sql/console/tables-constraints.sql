SELECT c.conname,
       CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check'
                      WHEN 'x' THEN 'exclusion' WHEN 'n' THEN 'not null' ELSE 'trigger' END,
       pg_catalog.pg_get_constraintdef(c.oid, true),
       c.convalidated
FROM pg_catalog.pg_constraint c
WHERE c.conrelid = $1::pg_catalog.oid
ORDER BY pg_catalog.strpos('pufcxnt', c.contype::pg_catalog.text), c.conname
