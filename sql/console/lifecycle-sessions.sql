-- The sessions on these databases ($1, a JSON array), as far as they are clients. Autovacuum makes room by itself.
SELECT a.pid, a.backend_start, a.usename, a.application_name, host(a.client_addr), a.datname
FROM pg_stat_activity a
WHERE a.datname IN (SELECT json_array_elements_text($1::json)) AND a.usename IS NOT NULL AND a.pid <> pg_backend_pid()
