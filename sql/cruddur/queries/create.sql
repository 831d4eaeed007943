-- Create: a new activity of the user with this handle; returns its uuid, and no row where nobody has the handle.
-- The journals' statement named no table, mixed up dots and commas, and put the texts into the SQL by formatting;
-- here the values are parameters. expires_at is an instant, for instance 2030-01-31 12:00+00, or NULL.
INSERT INTO public.activities (user_uuid, message, expires_at)
SELECT users.uuid, %(message)s::text, %(expires_at)s::timestamptz
FROM public.users
WHERE users.handle = %(handle)s::text
RETURNING uuid;
