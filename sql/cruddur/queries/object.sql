-- Object: one activity as a JSON object, {} where there is none, as the journals' query_wrap_object gave it.
SELECT coalesce(
  (
    SELECT row_to_json(object_row)
    FROM (
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
      JOIN public.users ON users.uuid = activities.user_uuid
      WHERE activities.uuid = %(uuid)s::uuid
    ) AS object_row
  ),
  '{}'::json
) AS object;
