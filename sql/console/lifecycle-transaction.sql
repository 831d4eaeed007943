-- What became of the transaction with the id $1: committed, aborted, in progress, or null where that is no longer known.
SELECT pg_xact_status($1::xid8)
