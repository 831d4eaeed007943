-- Candidates: who may be shown to a user: within the user's radius, not judged yet, nearest first, with photos.
-- One degree of latitude is 69 miles; the band lets the index leave out most rows before distances are computed.
SELECT
  candidate.id,
  candidate.username,
  candidate.hobbies,
  candidate.interests,
  candidate.zip,
  round(distance.miles::numeric, 1) AS miles,
  array(SELECT photos.key FROM public.photos WHERE photos.user_id = candidate.id ORDER BY photos.created_at, photos.key) AS photo_keys
FROM public.users AS me
JOIN public.users AS candidate
  ON candidate.id <> me.id
  AND candidate.latitude BETWEEN me.latitude - me.friend_radius / 68.7 AND me.latitude + me.friend_radius / 68.7
CROSS JOIN LATERAL (
  SELECT public.miles_between(me.latitude, me.longitude, candidate.latitude, candidate.longitude) AS miles
) AS distance
WHERE me.username = %(username)s::text
  AND distance.miles <= me.friend_radius
  AND NOT EXISTS (SELECT FROM public.likes WHERE likes.user_id = me.id AND likes.liked_user_id = candidate.id)
  AND NOT EXISTS (SELECT FROM public.dislikes WHERE dislikes.user_id = me.id AND dislikes.disliked_user_id = candidate.id)
ORDER BY distance.miles, candidate.id;
