-- Whether the privileges of the database with the OID $1 are still those it was created with.
SELECT datacl IS NULL FROM pg_database WHERE oid = $1::oid
