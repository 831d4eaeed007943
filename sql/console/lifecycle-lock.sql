-- One console at a time works on the databases around the name $1. The lock goes with the session that holds it.
SELECT pg_try_advisory_lock(hashtext('basepair lifecycle'), hashtext($1))
