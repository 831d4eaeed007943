/**
 * What a function does besides computing: such a call counts as a write, because a read-only transaction does not stop it.
 * `server` reaches other sessions or the server itself, `files` its file system, `remote` other databases; the others stay inside this one.
 */
export type Reach = 'server' | 'files' | 'remote' | 'large-object' | 'sequence' | 'session' | 'lock' | 'any-sql'

const reaches: readonly (readonly [Reach, RegExp])[] = [
  [
    'server',
    new RegExp(
      `^(${[
        'pg_(terminate|cancel)_backend',
        'pg_reload_conf',
        'pg_rotate_logfile(_v2|_old)?',
        'pg_switch_(wal|xlog)',
        'pg_create_restore_point',
        'pg_(backup_)?(start|stop)(_backup)?',
        'pg_promote',
        'pg_(wal|xlog)_replay_(pause|resume)',
        'pg_log_(backend_memory_contexts|standby_snapshot)',
        'pg_(create|drop|copy|sync)_.*replication_slots?',
        'pg_replication_(slot_advance|origin_.*)',
        'pg_logical_(slot_get|emit_message).*',
        'pg_stat_.*reset.*',
        'pg_(set|restore|clear)_.*(attribute|relation)_stats',
        'pg_(notify|import_system_collations|prewarm|autoprewarm_.*|wal_replay.*)',
        '(brin|gin)_(summarize|desummarize|clean).*',
        'rds_.*',
      ].join('|')})$`,
    ),
  ],
  ['files', /^(lo_import|lo_export|pg_read_(binary_)?file|pg_file_.*|pg_ls_.*|pg_stat_file)$/],
  ['remote', /^(dblink.*|postgres_fdw_.*)$/],
  ['large-object', /^(lo_.*|lowrite|loread)$/],
  ['sequence', /^(nextval|setval)$/],
  ['session', /^(set_config|pg_export_snapshot)$/],
  ['lock', /^pg_(try_)?advisory_.*$/],
  // These take SQL as text and run it: what it does cannot be seen here.
  ['any-sql', /^((query|cursor)_to_xml(schema|_and_xmlschema)?|ts_stat|ts_rewrite|crosstab.*|connectby)$/],
]

/** Schemas of extensions that act outside the database: cron jobs, and on RDS Lambda and S3. */
const outsideSchemas = new Set(['cron', 'aws_lambda', 'aws_s3', 'aws_commons', 'pglogical', 'rds_tools'])

/** What a call of this function reaches, or null where it only computes as far as its name tells. */
export function reachOf(schema: string | null, name: string): Reach | null {
  if (schema !== null && outsideSchemas.has(schema)) return 'remote'
  return reaches.find(([, pattern]) => pattern.test(name))?.[0] ?? null
}
