-- Pids are used again, so the start must match in the same statement. No row: that backend is gone.
-- A role that may not see the start cannot tell it from a later backend, so it sends nothing.
SELECT CASE
         WHEN a.backend_start IS NULL THEN 'unseen'
         WHEN a.pid = pg_backend_pid() THEN 'self'
         WHEN pg_cancel_backend(a.pid) THEN 'signalled'
         ELSE 'gone'
       END
FROM pg_stat_activity a
WHERE a.pid = $1::int
  AND (a.backend_start = $2::timestamptz OR a.backend_start IS NULL)
