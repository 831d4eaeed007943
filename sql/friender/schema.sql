-- Friender: like Tinder, but for making friends. Users see others within their radius and say yes or no to each once;
-- two who both said yes are a match and may write to each other.
-- Only creates: a database is rebuilt by Reset, which builds a new one aside and swaps it in, so nothing is dropped here.
--
-- What the journal left open, and how it is decided here:
--   * "Store URLs or keys?": keys. A presigned URL expires; the application makes one when it shows a photo.
--   * photos are rows, not two arrays in users that have to stay in step.
--   * a location is the ZIP code that the user typed, and the point that it stands for: a distance needs a point.
--   * the password is a hash; its name says so.
--   * yes and no are one table each, as the journal names them; a trigger keeps anyone from judging the same person twice.

CREATE TABLE public.users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL CONSTRAINT users_username_key UNIQUE,
  email text NOT NULL,
  -- Made by the application, bcrypt or better; never the password.
  password_hash text NOT NULL,
  hobbies text[] DEFAULT '{}' NOT NULL,
  interests text[] DEFAULT '{}' NOT NULL,
  -- Text: ZIP codes begin with zeros.
  zip text NOT NULL CHECK (zip ~ '^[0-9]{5}$'),
  -- Degrees, of the middle of the ZIP code's area.
  latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  -- Miles.
  friend_radius integer NOT NULL CHECK (friend_radius BETWEEN 1 AND 500),
  created_at timestamptz DEFAULT current_timestamp NOT NULL
);

CREATE UNIQUE INDEX users_email_key ON public.users (lower(email));
-- Narrows candidates to a band of latitudes before distances are computed.
CREATE INDEX users_location_idx ON public.users (latitude, longitude);

CREATE TABLE public.photos (
  -- Unique in the bucket: users/ID/UUID-NAME.
  key text PRIMARY KEY CHECK (key !~ '^[a-z]+://'),
  user_id bigint NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  bucket text NOT NULL,
  filename text NOT NULL,
  created_at timestamptz DEFAULT current_timestamp NOT NULL
);

CREATE INDEX photos_user_id_idx ON public.photos (user_id);

CREATE TABLE public.likes (
  user_id bigint NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  liked_user_id bigint NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  created_at timestamptz DEFAULT current_timestamp NOT NULL,
  PRIMARY KEY (user_id, liked_user_id),
  CONSTRAINT likes_not_self CHECK (user_id <> liked_user_id)
);

CREATE INDEX likes_liked_user_id_idx ON public.likes (liked_user_id);

CREATE TABLE public.dislikes (
  user_id bigint NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  disliked_user_id bigint NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  created_at timestamptz DEFAULT current_timestamp NOT NULL,
  PRIMARY KEY (user_id, disliked_user_id),
  CONSTRAINT dislikes_not_self CHECK (user_id <> disliked_user_id)
);

CREATE INDEX dislikes_disliked_user_id_idx ON public.dislikes (disliked_user_id);

-- Whoever was judged once is not shown again, so a second judgement is a mistake, in whichever table the first one is.
-- The lock on the judging user makes two judgements at the same moment come one after the other.
CREATE FUNCTION public.refuse_second_judgement() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  judged bigint;
BEGIN
  PERFORM FROM public.users WHERE id = NEW.user_id FOR UPDATE;
  IF TG_TABLE_NAME = 'likes' THEN
    judged := NEW.liked_user_id;
    IF EXISTS (SELECT FROM public.dislikes WHERE user_id = NEW.user_id AND disliked_user_id = judged) THEN
      RAISE unique_violation USING MESSAGE = format('user %s has already said no to user %s', NEW.user_id, judged);
    END IF;
  ELSE
    judged := NEW.disliked_user_id;
    IF EXISTS (SELECT FROM public.likes WHERE user_id = NEW.user_id AND liked_user_id = judged) THEN
      RAISE unique_violation USING MESSAGE = format('user %s has already said yes to user %s', NEW.user_id, judged);
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER likes_once BEFORE INSERT OR UPDATE ON public.likes
  FOR EACH ROW EXECUTE FUNCTION public.refuse_second_judgement();
CREATE TRIGGER dislikes_once BEFORE INSERT OR UPDATE ON public.dislikes
  FOR EACH ROW EXECUTE FUNCTION public.refuse_second_judgement();

-- Great-circle distance by the haversine formula; good to half a percent, and needs no extension.
CREATE FUNCTION public.miles_between(
  from_latitude double precision,
  from_longitude double precision,
  to_latitude double precision,
  to_longitude double precision
) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 2 * 3958.8 * asin(least(1, sqrt(
  power(sind((to_latitude - from_latitude) / 2), 2)
  + cosd(from_latitude) * cosd(to_latitude) * power(sind((to_longitude - from_longitude) / 2), 2)
)));

-- Each match once, the lower id first.
CREATE VIEW public.matches AS
SELECT
  mine.user_id,
  mine.liked_user_id AS friend_id,
  greatest(mine.created_at, theirs.created_at) AS matched_at
FROM public.likes AS mine
JOIN public.likes AS theirs ON theirs.user_id = mine.liked_user_id AND theirs.liked_user_id = mine.user_id
WHERE mine.user_id < mine.liked_user_id;

COMMENT ON TABLE public.photos IS 'Photos lie in S3; this names them. URLs are made when a photo is shown, because they expire.';
COMMENT ON COLUMN public.users.friend_radius IS 'Miles: only users within it are shown to this one.';
COMMENT ON VIEW public.matches IS 'Pairs of users who both said yes.';
