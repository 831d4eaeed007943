-- Every session of the server, or with $1 those on one database. To be run outside transactions: inside one the view stands still.
-- pg_blocking_pids takes the lock manager's lock, so only rows that wait for a lock are asked about; it may name a pid twice.
-- Own are the console's connections: its name, from the address and with the role that asks.
SELECT a.pid,
       a.backend_start,
       a.usename,
       a.datname,
       nullif(a.application_name, ''),
       host(a.client_addr),
       a.state,
       extract(epoch FROM clock_timestamp() - a.state_change),
       extract(epoch FROM clock_timestamp() - a.xact_start),
       nullif(concat_ws(': ', a.wait_event_type, a.wait_event), ''),
       CASE WHEN a.backend_start IS NOT NULL THEN nullif(a.query, '') END,
       a.backend_type,
       a.application_name LIKE 'basepair/%'
         AND a.usename = session_user
         AND a.client_addr IS NOT DISTINCT FROM inet_client_addr(),
       a.backend_start IS NULL AND a.query = '<insufficient privilege>',
       CASE WHEN a.wait_event_type = 'Lock'
            THEN (SELECT string_agg(DISTINCT b.pid::text, ',') FROM unnest(pg_blocking_pids(a.pid)) AS b (pid))
       END,
       pg_has_role('pg_read_all_stats', 'USAGE')
FROM pg_stat_activity a
WHERE $1::text IS NULL OR a.datname = $1
ORDER BY a.backend_start NULLS LAST, a.pid
