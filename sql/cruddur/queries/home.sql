-- Home: what is not expired, newest first, with who said it.
SELECT
  activities.uuid,
  users.display_name,
  users.handle,
  activities.message,
  activities.replies_count,
  activities.reposts_count,
  activities.likes_count,
  activities.reply_to_activity_uuid,
  activities.expires_at,
  activities.created_at
FROM public.activities
LEFT JOIN public.users ON users.uuid = activities.user_uuid
WHERE activities.expires_at IS NULL OR activities.expires_at > current_timestamp
ORDER BY activities.created_at DESC, activities.uuid;
