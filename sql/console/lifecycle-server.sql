-- What the role may do on this server, and what stands in the way of renaming or dropping the database $1.
-- Own are the console's connections: its name, from the address and with the role that asks.
WITH others AS (
  SELECT count(*) AS sessions,
         format('%s of %s%s', coalesce(nullif(a.application_name, ''), 'a session'), a.usename, CASE WHEN count(*) > 1 THEN ' × ' || count(*) END) AS who
  FROM pg_stat_activity a
  WHERE a.datname = $1 AND a.usename IS NOT NULL AND NOT (
    a.application_name LIKE 'basepair/%' AND a.usename = session_user AND a.client_addr IS NOT DISTINCT FROM inet_client_addr())
  GROUP BY a.application_name, a.usename
)
SELECT r.rolsuper OR r.rolcreatedb,
       pg_is_in_recovery(),
       current_setting('server_version_num'),
       (SELECT coalesce(sum(others.sessions), 0) FROM others),
       (SELECT string_agg(others.who, ', ' ORDER BY others.who) FROM others),
       (SELECT string_agg(p.gid, ', ' ORDER BY p.gid) FROM pg_prepared_xacts p WHERE p.database = $1),
       (SELECT string_agg(s.slot_name, ', ' ORDER BY s.slot_name) FROM pg_replication_slots s WHERE s.database = $1)
FROM pg_roles r
WHERE r.rolname = current_user
