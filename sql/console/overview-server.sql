SELECT current_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       current_setting('server_version')
