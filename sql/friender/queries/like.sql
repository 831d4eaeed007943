-- Like: one user says yes to another; says whether that makes them a match. No row where either name is unknown.
WITH said AS (
  INSERT INTO public.likes (user_id, liked_user_id)
  SELECT me.id, other.id
  FROM public.users AS me, public.users AS other
  WHERE me.username = %(username)s::text AND other.username = %(liked)s::text
  RETURNING user_id, liked_user_id
)
SELECT
  said.user_id,
  said.liked_user_id,
  EXISTS (
    SELECT FROM public.likes WHERE likes.user_id = said.liked_user_id AND likes.liked_user_id = said.user_id
  ) AS is_match
FROM said;
