-- The privileges granted on the database with the OID $1; no row where they are the defaults. A null role is PUBLIC.
SELECT r.rolname, g.privilege_type, g.is_grantable
FROM pg_database d
CROSS JOIN LATERAL aclexplode(d.datacl) AS g
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE d.oid = $1::oid AND (g.grantee = 0 OR r.oid IS NOT NULL)
