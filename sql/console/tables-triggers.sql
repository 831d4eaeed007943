SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true), t.tgenabled <> 'D'
FROM pg_catalog.pg_trigger t
WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
ORDER BY t.tgname
