-- The people of the journals and a handful of activities.
-- The journals' seed had no e-mail column, which the schema came to demand, and gave both users the same
-- cognito_user_id 'MOCK'; here each has its own. Run on a schema without these rows.

INSERT INTO public.users (display_name, handle, email, cognito_user_id) VALUES
  ('Andrew Brown', 'andrewbrown', 'andrew@cruddur.example', 'MOCK-andrewbrown'),
  ('Andrew Bayko', 'bayko', 'bayko@cruddur.example', 'MOCK-bayko'),
  ('Worf', 'worf', 'worf@cruddur.example', 'MOCK-worf'),
  ('Garek', 'garek', 'garek@cruddur.example', 'MOCK-garek'),
  ('Phoenix', 'phoenix', 'phoenix@cruddur.example', 'MOCK-phoenix');

INSERT INTO public.activities (user_uuid, message, likes_count, expires_at, created_at)
SELECT users.uuid, said.message, said.likes_count, current_timestamp + said.expires_in, current_timestamp - said.age
FROM (
  VALUES
    ('andrewbrown', 'This was imported as seed data!', 0, interval '10 days', interval '0'),
    ('andrewbrown', 'Cloud is fun!', 5, interval '5 days', interval '2 days'),
    ('worf', 'I am out of prune juice', 0, interval '9 days', interval '7 days'),
    ('garek', 'My dear doctor, I am just a simple tailor', 0, interval '12 hours', interval '1 hour'),
    ('phoenix', 'My dear human, it is time for bed', 77, interval '12 hours', interval '30 minutes'),
    ('bayko', 'Timestamps will present us with a challenge', 2, NULL, interval '3 days')
) AS said (handle, message, likes_count, expires_in, age)
JOIN public.users ON users.handle = said.handle;

-- The reply that the journals mocked, and the count on what it answers.
INSERT INTO public.activities (user_uuid, message, reply_to_activity_uuid, created_at)
SELECT worf.uuid, 'This post has no honor!', crud.uuid, crud.created_at + interval '1 hour'
FROM public.users AS worf, public.activities AS crud
WHERE worf.handle = 'worf' AND crud.message = 'Cloud is fun!';

UPDATE public.activities AS crud
SET replies_count = (SELECT count(*) FROM public.activities AS reply WHERE reply.reply_to_activity_uuid = crud.uuid)
WHERE EXISTS (SELECT FROM public.activities AS reply WHERE reply.reply_to_activity_uuid = crud.uuid);

-- So that the tables' sizes and row counts are known at once, not after the first autovacuum.
ANALYZE public.users, public.activities;
