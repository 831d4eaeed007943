-- Between two full looks: whether a database is still there, and whether it carries the protection mark. $1 is its name.
SELECT EXISTS (
  SELECT FROM pg_db_role_setting s
  WHERE s.setdatabase = d.oid AND s.setrole = 0 AND 'basepair.protected=on' = ANY (s.setconfig)
)
FROM pg_database d
WHERE d.datname = $1
