-- The rows of users that have one of the cognito_user_ids ($1) or, whatever its case, one of the e-mails ($2): JSON arrays of texts.
-- A table without email or created_at has NULL there, which "absent" stands in for.
SELECT found.*, current_setting('TimeZone')
FROM (SELECT NULL::text AS email, NULL::text AS created_at) AS absent
CROSS JOIN LATERAL (
  SELECT cognito_user_id::text, email::text, created_at::text
  FROM users
  WHERE cognito_user_id::text = ANY (ARRAY(SELECT json_array_elements_text($1::json)))
     OR lower(email::text) = ANY (ARRAY(SELECT lower(value) FROM json_array_elements_text($2::json)))
  LIMIT 10000
) AS found
