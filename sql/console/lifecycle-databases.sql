-- The databases of these names ($1, a JSON array), as far as they exist, with what a rebuilt one takes over.
-- to_jsonb reads columns that only some versions have.
SELECT d.datname,
       d.oid,
       pg_get_userbyid(d.datdba),
       pg_has_role(d.datdba, 'USAGE'),
       coalesce(shobj_description(d.oid, 'pg_database') LIKE '%Protected by Basepair.', false),
       shobj_description(d.oid, 'pg_database'),
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') AND d.datconnlimit <> -2 THEN pg_size_pretty(pg_database_size(d.oid)) END,
       d.datconnlimit,
       pg_encoding_to_char(d.encoding),
       d.datcollate,
       d.datctype,
       to_jsonb(d) ->> 'datlocprovider',
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
       to_jsonb(d) ->> 'daticurules',
       t.spcname
FROM pg_database d
JOIN pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname IN (SELECT json_array_elements_text($1::json))
