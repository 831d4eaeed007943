-- Between two full looks: whether a database is still there, and whether it carries the protection mark. $1 is its name.
SELECT coalesce(shobj_description(oid, 'pg_database') LIKE '%Protected by Basepair.', false)
FROM pg_database
WHERE datname = $1
