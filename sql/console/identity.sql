-- Who answered. Read on every connect; what the identity strip shows.
SELECT current_database(),
       current_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       host(inet_server_addr()),
       inet_server_port(),
       split_part(current_setting('server_version'), ' ', 1),
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl),
       (SELECT coalesce(shobj_description(oid, 'pg_database') LIKE '%Protected by Basepair.', false) FROM pg_database WHERE datname = current_database()),
       current_setting('transaction_read_only') = 'on'
