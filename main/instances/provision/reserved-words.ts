/**
 * Words that PostgreSQL keeps for itself (appendix C of its manual, the words marked reserved): no name of a user or database on RDS.
 */
const reserved = `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user
default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order
outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then
to trailing true union unique user using variadic verbose when where window with`

const words: ReadonlySet<string> = new Set(reserved.split(/\s+/))

/** Names that RDS keeps for its own roles and databases. */
const ofRds: ReadonlySet<string> = new Set([
  'admin',
  'rdsadmin',
  'rdsproxyadmin',
  'rds_superuser',
  'rds_replication',
  'rds_password',
  'rds_iam',
  'rdsrepladmin',
  'rdstopmgr',
])
const databases: ReadonlySet<string> = new Set(['postgres', 'rdsadmin', 'template0', 'template1'])

/** Whether RDS refuses it as the name of a master user. */
export const isReservedUser = (name: string): boolean => {
  const lower = name.toLowerCase()
  return words.has(lower) || ofRds.has(lower) || lower.startsWith('pg_')
}

/** Whether RDS refuses it as the name of the first database; `postgres` is there anyway. */
export const isReservedDatabase = (name: string): boolean => words.has(name.toLowerCase()) || databases.has(name.toLowerCase())
