INSERT INTO users (display_name, handle, email, cognito_user_id)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (SELECT FROM users WHERE cognito_user_id = $4)
