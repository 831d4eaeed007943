-- Matches: with whom a user may exchange messages, newest first.
SELECT friend.id, friend.username, friend.hobbies, friend.interests, matches.matched_at
FROM public.users AS me
JOIN public.matches ON me.id IN (matches.user_id, matches.friend_id)
JOIN public.users AS friend ON friend.id = CASE WHEN matches.user_id = me.id THEN matches.friend_id ELSE matches.user_id END
WHERE me.username = %(username)s::text
ORDER BY matches.matched_at DESC, friend.id;
