-- Who answered. Read on every connect; what the identity strip shows.
SELECT current_database(),
       current_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       host(inet_server_addr()),
       inet_server_port(),
       split_part(current_setting('server_version'), ' ', 1),
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl),
       EXISTS (
         SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
         WHERE d.datname = current_database() AND s.setrole = 0 AND 'basepair.protected=on' = ANY (s.setconfig)
       ),
       current_setting('transaction_read_only') = 'on'
