import { expect, test } from 'vitest'
import { lifecycleStages } from './lifecycle-stages.ts'

const { stage, project, sql } = lifecycleStages()

const databases = async () => (await sql('SELECT datname FROM pg_database ORDER BY 1')).map((row) => row['datname'])
const users = async (database: string) => Number((await sql('SELECT count(*) FROM users', database))[0]?.['count'])
const steps = (run: { steps: readonly { id: string; state: string }[] }) => run.steps.map(({ id, state }) => `${id} ${state}`)

test('set up makes a missing database with schema and seed', async () => {
  const { run, plan, state, database, entries } = await stage()
  expect(await plan('set-up')).toMatchObject({ confirm: null, losses: [], refusal: null })
  const done = await run('set-up')
  expect(done).toMatchObject({ state: 'done', error: null })
  expect(steps(done)).toEqual(['check done', 'create done', 'schema done', 'seed done', 'swap done'])
  expect(await users(database)).toBe(5)
  expect(await state()).toMatchObject({ exists: true, protected: false, previous: null, project: { name: 'cruddur', problem: null } })
  expect(await entries()).toMatchObject([{ action: 'Set up', result: 'done', before: 'no database' }])
})

test('create, load schema and seed, one after the other', async () => {
  const { run, plan, database } = await stage()
  expect((await plan('load-schema')).refusal).toMatchObject({ code: 'NO_DATABASE', data: { mend: 'create_database' } })
  expect(await run('create')).toMatchObject({ state: 'done' })
  expect((await plan('create')).refusal).toMatchObject({ code: 'BUSY' })
  expect((await plan('seed')).refusal).toMatchObject({ code: 'SQL', data: { line: 5, mend: 'load_schema' } })
  expect(await run('load-schema')).toMatchObject({ state: 'done' })
  expect((await plan('load-schema')).refusal).toMatchObject({ code: 'SQL', message: expect.stringContaining('users exists already') })
  const seeded = await run('seed')
  expect(steps(seeded)).toEqual(['check done', 'seed done', 'commit done'])
  expect(seeded.steps[1]?.progress).toEqual({ done: 5, of: 5 })
  expect(await users(database)).toBe(5)
})

test('reset builds anew, keeps the one before, and undo brings it back, and undo takes that back', async () => {
  const { run, plan, state, database } = await stage()
  await run('set-up')
  await sql("UPDATE users SET display_name = 'kept' WHERE handle = 'worf'; ANALYZE", database)
  const kept = async () => Number((await sql("SELECT count(*) FROM users WHERE display_name = 'kept'", database))[0]?.['count'])

  const planned = await plan('reset')
  expect(planned).toMatchObject({ confirm: database, refusal: null })
  expect(planned.losses[0]).toMatch(/2 tables with about 12 rows.*is kept as app_\d+_prev; Undo brings it back/)
  const done = await run('reset')
  expect(done).toMatchObject({ state: 'done', outcome: `${database} is new; the one before is kept as ${database}_prev.` })
  expect(await kept()).toBe(0)
  const { previous } = await state()
  expect(previous?.name).toBe(`${database}_prev`)
  expect(Date.parse(previous?.keptSince ?? '')).toBeGreaterThan(0)

  expect(await plan('undo')).toMatchObject({ confirm: null })
  expect(await run('undo')).toMatchObject({ state: 'done' })
  expect(await kept()).toBe(1)
  expect(await run('undo')).toMatchObject({ state: 'done' })
  expect(await kept()).toBe(0)

  expect((await plan('reset')).losses[1]).toMatch(/The older app_\d+_prev, kept since .* is dropped for good/)
  expect(steps(await run('reset'))).toContain('clean done')
  expect((await databases()).filter((name) => String(name).startsWith(database))).toEqual([database, `${database}_prev`])
})

test('drop takes the database, leaves the kept copy, and undo still brings that back', async () => {
  const { run, plan, database } = await stage()
  await run('set-up')
  await run('reset')
  await sql('ANALYZE', database)
  const planned = await plan('drop')
  expect(planned).toMatchObject({ confirm: database, notes: [`The copy ${database}_prev stays.`] })
  expect(planned.losses[0]).toMatch(/is dropped for good: 2 tables with about 12 rows/)
  expect(await run('drop')).toMatchObject({ state: 'done', outcome: `${database} was dropped.` })
  expect(await databases()).not.toContain(database)
  expect(await run('undo')).toMatchObject({ state: 'done' })
  expect(await users(database)).toBe(5)
})

test('a seed that fails half-way says where, and leaves everything as it was', async () => {
  const folder = await project({
    schema: 'CREATE TABLE users (id int PRIMARY KEY);\n',
    seed: "INSERT INTO users VALUES (1);\n\n-- twice\nINSERT INTO users\n  VALUES (2), (1);\nSELECT 'never';\n",
  })
  const one = await stage({ project: folder })
  const missing = await one.run('set-up')
  expect(missing).toMatchObject({
    state: 'failed',
    error: { code: 'SQL', data: { file: `${folder}/seed.sql`, line: 4, source: { vendor: 'postgres', code: '23505' } } },
    outcome: `There still is no ${one.database}; ${one.database}_next was removed.`,
  })
  expect(steps(missing)).toEqual(['check done', 'create done', 'schema done', 'seed failed', 'swap skipped'])
  expect((await databases()).some((name) => String(name).startsWith(one.database))).toBe(false)

  await sql(`CREATE DATABASE ${one.database}`)
  await sql('CREATE TABLE mine AS SELECT 1 AS a', one.database)
  for (const action of ['reset', 'set-up'] as const) {
    const run = await one.run(action)
    expect(run).toMatchObject({
      state: 'failed',
      error: { data: { line: 4 } },
      outcome: expect.stringContaining(`${one.database} is as it was`),
    })
    expect(await sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", one.database)).toEqual([
      { relname: 'mine' },
    ])
  }
  expect(await one.entries()).toMatchObject([{ result: 'failed' }, { result: 'failed' }, { result: 'failed' }])
})

test('an error has the line and column that Postgres points to', async () => {
  const folder = await project({ schema: 'CREATE TABLE a (b int);\nSELECT b,\n       é\n  FROM a;\n' })
  const { run } = await stage({ project: folder })
  const failed = await run('set-up')
  expect(failed.error).toMatchObject({ code: 'SQL', data: { line: 3, column: 8, source: { code: '42703' } } })
  expect(failed.error?.data?.detail).toContain('Statement: SELECT b,')
})

test('a deferred constraint that fails at the end leaves nothing behind', async () => {
  const folder = await project({
    schema: 'CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED);',
    seed: 'INSERT INTO a VALUES (1, 2);',
  })
  const { run, database } = await stage({ project: folder })
  expect(await run('set-up')).toMatchObject({ state: 'failed', error: { data: { source: { code: '23503' } } } })
  expect(await databases()).not.toContain(database)
})

test('a wrong name changes nothing, and a locked environment neither', async () => {
  const one = await stage()
  await one.run('set-up')
  for (const typed of [null, '', `${one.database} `, one.database.toUpperCase()])
    await expect(one.start('reset', typed)).rejects.toMatchObject({ code: 'UNCONFIRMED' })

  const guarded = await stage({ database: one.database, guard: 'guarded' })
  for (const action of ['create', 'drop', 'load-schema', 'seed', 'set-up', 'reset', 'undo'] as const)
    await expect(guarded.start(action, one.database)).rejects.toMatchObject({ code: 'LOCKED' })
  const protect = { environment: 'local', protect: true, confirm: null }
  await expect(guarded.service.protect(protect, guarded.call())).rejects.toMatchObject({ code: 'LOCKED' })
  expect(await guarded.entries()).toEqual([])
  await guarded.unlock()
  expect(await guarded.run('reset')).toMatchObject({ state: 'done' })
})

test('the protection mark inside the database stops everything until it is taken away by name', async () => {
  const { run, plan, start, state, service, call, database } = await stage()
  await run('set-up')
  await service.protect({ environment: 'local', protect: true, confirm: null }, call())
  expect(await state()).toMatchObject({ protected: true })
  for (const action of ['drop', 'load-schema', 'seed', 'set-up', 'reset', 'undo'] as const) {
    expect((await plan(action)).refusal).toMatchObject({ code: 'PROTECTED', data: { mend: 'remove_protection' } })
    await expect(start(action, database)).rejects.toMatchObject({ code: 'PROTECTED' })
  }
  const away = { environment: 'local', protect: false }
  await expect(service.protect({ ...away, confirm: 'app' }, call())).rejects.toMatchObject({ code: 'UNCONFIRMED' })
  await service.protect({ ...away, confirm: database }, call())
  expect(await run('reset')).toMatchObject({ state: 'done' })
})

test('two starts at once are one run', async () => {
  const { start, follow, run, database } = await stage()
  const settled = await Promise.allSettled([start('set-up'), start('set-up'), start('set-up')])
  expect(settled.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(settled.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'BUSY' })
  expect(await follow((one) => one.state !== 'running')).toMatchObject({ state: 'done' })
  expect(await run('reset')).toMatchObject({ state: 'done', database })
})

test('destructive scripts in place ask for the name and tell what goes', async () => {
  const folder = await project({
    schema: 'DROP TABLE IF EXISTS users;\nCREATE TABLE users (id int);',
    seed: 'TRUNCATE users; DELETE FROM other;',
  })
  const { run, plan, start, database } = await stage({ project: folder })
  await run('create')
  expect(await plan('load-schema')).toMatchObject({ confirm: null, losses: [] })
  await sql('CREATE TABLE users AS SELECT generate_series(1, 1000) AS id; CREATE TABLE other (a int); ANALYZE', database)
  expect(await plan('load-schema')).toMatchObject({
    confirm: database,
    losses: [`DROP TABLE users: public.users in ${database} holds about 1,000 rows.`],
  })
  expect(await plan('seed')).toMatchObject({ confirm: database, losses: [expect.stringContaining('TRUNCATE users')] })
  await expect(start('load-schema')).rejects.toMatchObject({ code: 'UNCONFIRMED' })
  expect(await users(database)).toBe(1000)
  expect(await run('load-schema')).toMatchObject({ state: 'done' })
  expect(await users(database)).toBe(0)
})

test('files that are missing or refused stop the plan before anything is touched', async () => {
  const { plan, start, run, service, call, database } = await stage({ project: await project({}) })
  await run('create')
  expect((await plan('reset')).refusal).toMatchObject({ code: 'FILE', data: { mend: 'open_lifecycle' } })
  for (const [schema, line] of [
    ['select 1;\n\\! touch /tmp/basepair-was-here\n', 2],
    ["select 1;\n\ncopy t from program 'id';", 3],
    [Buffer.from('2d2d20ff', 'hex'), 1],
  ] as const) {
    await service.choose({ environment: 'local', project: await project({ schema }) }, call())
    expect((await plan('reset')).refusal).toMatchObject({ code: 'FILE', data: { line } })
    await expect(start('reset', database)).rejects.toMatchObject({ code: 'FILE', data: { line } })
  }
  await expect(service.choose({ environment: 'local', project: '/nowhere at all' }, call())).rejects.toMatchObject({ code: 'FILE' })
  await expect(service.choose({ environment: 'local', project: '../etc' }, call())).rejects.toMatchObject({ code: 'FILE' })
  await expect(service.choose({ environment: 'local', project: 'console' }, call())).rejects.toMatchObject({ code: 'FILE' })
})

test("a folder of the user's own, with a dump, meta-commands and rows", async () => {
  const folder = await project({
    schema: [
      '\\restrict abc\nSET standard_conforming_strings = on;',
      "SELECT pg_catalog.set_config('search_path', '', false);",
      'CREATE TABLE public.t (a int, b text);\nCOPY public.t (a, b) FROM stdin;\n1\tone; DROP TABLE t\n2\t\\N\n3\ttab\\there\n\\.\n',
      "SELECT setval(s::regclass, 7) FROM (VALUES (1)) v, LATERAL (SELECT pg_catalog.format('%s', 'public.q') s) x WHERE false;",
      '\\unrestrict abc\n',
    ].join('\n'),
    seed: 'INSERT INTO public.t SELECT i, NULL FROM generate_series(4, 10) i;\n\\q\nthis is no SQL',
  })
  const { run, plan, service, call, database } = await stage()
  const chosen = await service.choose({ environment: 'local', project: folder }, call())
  expect(chosen.project).toMatchObject({ folder, schema: `${folder}/schema.sql`, problem: null })
  expect(chosen.projects.map((one) => one.name)).toEqual(['cruddur', 'friender'])
  expect((await plan('set-up')).notes).toHaveLength(3)
  expect(await run('set-up')).toMatchObject({ state: 'done' })
  expect(await sql('SELECT * FROM t ORDER BY a LIMIT 3', database)).toEqual([
    { a: 1, b: 'one; DROP TABLE t' },
    { a: 2, b: null },
    { a: 3, b: 'tab\there' },
  ])
  expect(await sql('SELECT count(*)::int AS n FROM t', database)).toEqual([{ n: 10 }])
})

test('a script with its own transactions runs statement by statement, and the plan says what that means', async () => {
  const folder = await project({
    schema: 'BEGIN;\nCREATE TABLE a (i int);\nCOMMIT;\nCREATE INDEX CONCURRENTLY ON a (i);\nCREATE TABLE a (i int);',
  })
  const { run, plan, database } = await stage({ project: folder })
  await run('create')
  await sql('CREATE TABLE z (i int)', database)
  const planned = await plan('load-schema')
  expect(planned.notes).toEqual([expect.stringContaining('what is done before a failure stays')])
  const failed = await run('load-schema')
  expect(failed).toMatchObject({
    state: 'failed',
    error: { data: { line: 5 } },
    outcome: expect.stringContaining('holds what was done before'),
  })
  const aside = await run('reset')
  expect(aside).toMatchObject({ state: 'failed', outcome: expect.stringContaining('is as it was') })
})

test('a SELECT of a script is read to its end', async () => {
  const folder = await project({
    schema: "CREATE SEQUENCE s;\nSELECT nextval('s') FROM generate_series(1, 120000);\nCREATE TABLE t AS SELECT last_value AS v FROM s;",
  })
  const { run, database } = await stage({ project: folder })
  expect(await run('set-up')).toMatchObject({ state: 'done' })
  expect(await sql('SELECT v::int FROM t', database)).toEqual([{ v: 120_000 }])
})

test.each(['it\'s "quoted"', 'with spaces and ümläüts', `${'x'.repeat(62)}y`, `${'é'.repeat(31)}z`, 'semi;colon -- and \\ back'])(
  'the name %s works from end to end',
  async (database) => {
    const { run, state } = await stage({ database })
    expect(await run('set-up')).toMatchObject({ state: 'done' })
    expect(await run('reset')).toMatchObject({ state: 'done' })
    expect(await run('undo')).toMatchObject({ state: 'done' })
    expect(await users(database)).toBe(5)
    const { previous } = await state()
    expect(await databases()).toContain(previous?.name)
    expect(await run('drop')).toMatchObject({ state: 'done' })
    expect(await databases()).not.toContain(database)
    await sql(`DROP DATABASE "${previous?.name.replaceAll('"', '""')}"`)
  },
)

test.each(['y'.repeat(64), 'é'.repeat(32)])('a name of 64 bytes is refused before Postgres cuts it', async (database) => {
  const { plan, start } = await stage({ database })
  expect((await plan('create')).refusal).toMatchObject({ code: 'INVALID', message: expect.stringContaining('has 64 bytes') })
  await expect(start('create')).rejects.toMatchObject({ code: 'INVALID' })
})

test.each(['postgres', 'template1', 'template0', 'rdsadmin'])('%s belongs to the server and is left alone', async (database) => {
  const { plan, start } = await stage({ database })
  for (const action of ['drop', 'reset', 'load-schema'] as const) {
    expect((await plan(action)).refusal).toMatchObject({ code: 'INVALID' })
    await expect(start(action, database)).rejects.toMatchObject({ code: 'INVALID' })
  }
})

test('databases of others under the names that are needed are not touched', async () => {
  const { run, plan, database } = await stage()
  await run('set-up')
  for (const suffix of ['_next', '_prev', '_old']) {
    await sql(`CREATE DATABASE ${database}${suffix}`)
    expect((await plan('reset')).refusal).toMatchObject({ code: 'BUSY', message: expect.stringContaining('was not made by Basepair') })
    await sql(`DROP DATABASE ${database}${suffix}`)
  }
  await sql(`CREATE DATABASE ${database}_prev`)
  expect((await plan('undo')).refusal).toMatchObject({ code: 'GONE' })
  await sql(`DROP DATABASE ${database}_prev`)
  expect(await run('reset')).toMatchObject({ state: 'done' })
})

test('owner, limits, settings, comment and privileges are carried over', async () => {
  const { run, database } = await stage()
  await sql(`CREATE ROLE keeper CREATEDB; CREATE ROLE reader`)
  await sql(
    `CREATE DATABASE ${database} OWNER keeper TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' CONNECTION LIMIT 50`,
  )
  await sql(`ALTER DATABASE ${database} SET search_path = "$user", public, "odd name"`)
  await sql(`ALTER DATABASE ${database} SET work_mem = '7MB'`)
  await sql(`ALTER ROLE reader IN DATABASE ${database} SET statement_timeout = '9s'`)
  await sql(`COMMENT ON DATABASE ${database} IS 'it''s \\ ours'`)
  await sql(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC; GRANT CONNECT ON DATABASE ${database} TO reader WITH GRANT OPTION`)
  const facts = `SELECT pg_get_userbyid(datdba) AS owner, datconnlimit, encoding, datcollate, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS acl, shobj_description(oid, 'pg_database') AS comment,
                        (SELECT array_agg(setconfig::text ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
                 FROM pg_database d WHERE datname = '${database}'`
  const [before] = await sql(facts)
  const done = await run('reset')
  expect(done).toMatchObject({ state: 'done' })
  expect(await sql(facts)).toEqual([before])
  expect(done.log.map((one) => one.line)).toContain('Carried over: search_path.')
  await run('undo')
  expect(await sql(facts)).toEqual([before])
})
