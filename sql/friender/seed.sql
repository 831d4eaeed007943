-- A few made-up people around San Francisco Bay, one in Sacramento and one in Los Angeles. The hashes open nothing.

INSERT INTO public.users (username, email, password_hash, hobbies, interests, zip, latitude, longitude, friend_radius) VALUES
  ('ada', 'ada@friender.example', '!', '{climbing,chess}', '{mathematics,trains}', '94110', 37.7486, -122.4158, 10),
  ('bruno', 'bruno@friender.example', '!', '{cooking,running}', '{jazz,history}', '94612', 37.8085, -122.2668, 15),
  ('chiara', 'chiara@friender.example', '!', '{photography}', '{film,architecture}', '94704', 37.8664, -122.2571, 25),
  ('dmitri', 'dmitri@friender.example', '!', '{chess,sailing}', '{astronomy}', '94965', 37.8591, -122.4853, 20),
  ('esra', 'esra@friender.example', '!', '{pottery,cycling}', '{botany,jazz}', '94025', 37.4530, -122.1817, 40),
  ('femi', 'femi@friender.example', '!', '{football}', '{poetry,films}', '95113', 37.3337, -121.8907, 50),
  ('greta', 'greta@friender.example', '!', '{gardening,chess}', '{birds}', '95814', 38.5804, -121.4922, 100),
  ('hiro', 'hiro@friender.example', '!', '{surfing}', '{synthesizers}', '90291', 33.9936, -118.4633, 30);

INSERT INTO public.photos (key, user_id, bucket, filename)
SELECT format('users/%s/%s', users.id, photo.object), users.id, 'friender-photos', photo.filename
FROM (
  VALUES
    ('ada', '6f1c0d1e-5b1f-4f0e-9a7e-0d8f6a1b2c3d-wall.jpg', 'wall.jpg'),
    ('ada', '0b9a8c7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a-board.jpg', 'board.jpg'),
    ('chiara', '3d2c1b0a-9f8e-4d7c-8b6a-5f4e3d2c1b0a-bridge.jpg', 'bridge.jpg'),
    ('esra', '7a6b5c4d-3e2f-4a1b-9c0d-8e7f6a5b4c3d-kiln.png', 'kiln.png')
) AS photo (username, object, filename)
JOIN public.users ON users.username = photo.username;

-- Ada and Bruno are a match, Chiara and Dmitri too; Esra waits for an answer.
INSERT INTO public.likes (user_id, liked_user_id)
SELECT liking.id, liked.id
FROM (
  VALUES ('ada', 'bruno'), ('bruno', 'ada'), ('chiara', 'dmitri'), ('dmitri', 'chiara'), ('esra', 'femi')
) AS pair (liking, liked)
JOIN public.users AS liking ON liking.username = pair.liking
JOIN public.users AS liked ON liked.username = pair.liked;

INSERT INTO public.dislikes (user_id, disliked_user_id)
SELECT judging.id, judged.id
FROM (
  VALUES ('ada', 'dmitri'), ('femi', 'greta')
) AS pair (judging, judged)
JOIN public.users AS judging ON judging.username = pair.judging
JOIN public.users AS judged ON judged.username = pair.judged;

-- So that the tables' sizes and row counts are known at once, not after the first autovacuum.
ANALYZE public.users, public.photos, public.likes, public.dislikes;
