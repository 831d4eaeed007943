-- Transactions prepared for two-phase commit: they keep a database in use without a session.
SELECT gid FROM pg_prepared_xacts WHERE database = $1 ORDER BY prepared
