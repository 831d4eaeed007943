-- What ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET have set on the database with the OID $1.
SELECT r.rolname, split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1)
FROM pg_db_role_setting s
LEFT JOIN pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
WHERE s.setdatabase = $1::oid AND (s.setrole = 0 OR r.oid IS NOT NULL)
