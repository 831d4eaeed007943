-- Ends the session with the pid $1 if it still is the one that began at $2: pids are used again.
SELECT pg_terminate_backend(a.pid)
FROM pg_stat_activity a
WHERE a.pid = $1::int AND a.backend_start = $2::timestamptz
