-- Cruddur: people and their short, expiring messages.
-- Only creates: a database is rebuilt by Reset, which builds a new one aside and swaps it in, so nothing is dropped here.
--
-- Where this differs from what the journals began with, and why:
--   * users and activities reference each other with foreign keys; the journals had none, and so could drop users first.
--   * reply_to_activity_uuid is uuid and references activities; it was integer, which can hold no uuid.
--   * cognito_user_id is unique: Cognito calls the post-confirmation Lambda up to three times for one sign-up, and again
--     when a password is reset. With it, INSERT ... ON CONFLICT (cognito_user_id) DO NOTHING makes those harmless.
--   * display_name, handle, email and cognito_user_id are NOT NULL, as the journals ended up after the first sign-ups.
--   * counters are NOT NULL: a NULL count is neither zero nor more.
--   * created_at and expires_at are timestamptz. The journals asked "UTC or local?" and used TIMESTAMP without a zone,
--     whose value means something else in each session; timestamptz keeps the instant and leaves the zone to the reader.

-- uuid_generate_v4(); a trusted extension, so CREATE on the database is enough, on RDS too.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

CREATE TABLE public.users (
  uuid uuid DEFAULT uuid_generate_v4() PRIMARY KEY,
  display_name text NOT NULL,
  handle text NOT NULL,
  email text NOT NULL,
  cognito_user_id text NOT NULL,
  created_at timestamptz DEFAULT current_timestamp NOT NULL,
  CONSTRAINT users_handle_key UNIQUE (handle),
  CONSTRAINT users_cognito_user_id_key UNIQUE (cognito_user_id)
);

-- Addresses differ in case only by mistake.
CREATE UNIQUE INDEX users_email_key ON public.users (lower(email));

CREATE TABLE public.activities (
  uuid uuid DEFAULT uuid_generate_v4() PRIMARY KEY,
  user_uuid uuid NOT NULL REFERENCES public.users (uuid) ON DELETE CASCADE,
  message text NOT NULL,
  replies_count integer DEFAULT 0 NOT NULL CHECK (replies_count >= 0),
  reposts_count integer DEFAULT 0 NOT NULL CHECK (reposts_count >= 0),
  likes_count integer DEFAULT 0 NOT NULL CHECK (likes_count >= 0),
  -- A reply outlives what it replied to.
  reply_to_activity_uuid uuid REFERENCES public.activities (uuid) ON DELETE SET NULL,
  -- NULL never expires.
  expires_at timestamptz,
  created_at timestamptz DEFAULT current_timestamp NOT NULL
);

-- Home lists the newest first; a profile those of one user; a conversation the replies to one activity.
CREATE INDEX activities_created_at_idx ON public.activities (created_at DESC);
CREATE INDEX activities_user_uuid_idx ON public.activities (user_uuid, created_at DESC);
CREATE INDEX activities_reply_to_activity_uuid_idx ON public.activities (reply_to_activity_uuid)
  WHERE reply_to_activity_uuid IS NOT NULL;

COMMENT ON TABLE public.users IS 'People who signed up; one row for each confirmed user of the Cognito user pool.';
COMMENT ON COLUMN public.users.cognito_user_id IS 'The attribute "sub" of the user in Cognito; MOCK-... in seed data.';
COMMENT ON TABLE public.activities IS 'Messages ("cruds") and replies to them.';
COMMENT ON COLUMN public.activities.expires_at IS 'From then on it is no longer shown; NULL never expires.';
