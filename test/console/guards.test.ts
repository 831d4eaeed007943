import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { action } from '../../preload/contract/lifecycle.ts'
import { makeProject } from '../postgres/lifecycle-stage.ts'
import { makeDataFolder, type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** What a locked environment and the typed names refuse, asked past the page on the console's real line. */

let server: TestServer
let prodUrl: string
let folder: string

/** A console whose prod is a real server, as a variable names it. */
const start = (args: readonly string[] = []) =>
  startConsole({ args, variables: { CONNECTION_URL: server.connectionString('near'), PROD_CONNECTION_URL: prodUrl } })

/** Everything of the server that a change would leave a trace in. */
async function fingerprint(): Promise<unknown> {
  const databases = await server.sql(
    `SELECT d.oid, d.datname, shobj_description(d.oid, 'pg_database') AS comment, datallowconn, datconnlimit, setconfig
       FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid ORDER BY 1`,
  )
  const roles = await server.sql('SELECT rolname, rolsuper, rolpassword FROM pg_authid ORDER BY 1')
  const inside = await server.sql(
    `SELECT (SELECT count(*) FROM kept) AS kept, (SELECT last_value FROM numbers) AS number, (SELECT count(*) FROM pg_largeobject_metadata) AS large,
       (SELECT array_agg(relname::text ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations,
       (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS functions, (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas,
       (SELECT count(*) FROM pg_publication) AS publications, (SELECT count(*) FROM pg_replication_slots) AS slots, (SELECT count(*) FROM pg_prepared_xacts) AS prepared`,
    'far',
  )
  const settings = await server.sql(`SELECT name, setting FROM pg_file_settings ORDER BY 1, 2`)
  return { databases, roles, inside, settings }
}

beforeAll(async () => {
  server = await startTestServer({ settings: { max_prepared_transactions: '2' } })
  await server.sql('CREATE DATABASE near')
  await server.sql('CREATE DATABASE far')
  await server.sql(
    `CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept VALUES (1), (2); CREATE SEQUENCE numbers;
     CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM kept; RETURN 1; END';
     CREATE PROCEDURE sly_procedure() LANGUAGE plpgsql AS 'BEGIN COMMIT; DELETE FROM kept; COMMIT; END';
     CREATE VIEW sly_view AS SELECT sly()`,
    'far',
  )
  prodUrl = server.connectionString('far')
  folder = await mkdtemp(join(tmpdir(), 'basepair-guards-'))
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const ada = { display_name: 'Ada Canary', handle: 'ada-canary', email: 'ada.canary@example.com', cognito_user_id: 'sub-of-ada' }

/** What a stream tells first. */
async function firstOf<Item>(stream: Promise<AsyncIterable<Item>>): Promise<Item> {
  for await (const item of await stream) return item
  throw new Error('The stream ended before it told of anything')
}

const entriesOf = async (running: RunningConsole): Promise<Record<string, unknown>[]> => {
  const text = await readFile(join(running.dataFolder, 'state', 'activity.jsonl'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((one) => JSON.parse(one))
}

describe('without --allow-prod-changes', () => {
  let running: RunningConsole
  let line: Line
  let before: unknown
  beforeAll(async () => {
    running = await start()
    line = await openLine(running)
    await line.until('prod', ({ connection }) => connection.state === 'connected')
    before = await fingerprint()
  })
  afterAll(async () => {
    await line?.close()
    await running?.[Symbol.asyncDispose]()
  })

  const environment = 'prod'
  const untouched = async () => {
    expect(await fingerprint()).toEqual(before)
    expect(await entriesOf(running)).toEqual([])
  }

  test('a real prod cannot be unlocked, and says how it could be', async () => {
    await expect(line.client.environments.unlock({ environment })).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining('--allow-prod-changes'),
    })
    const { guard } = await line.until(environment, () => true)
    expect(guard).toMatchObject({ guard: 'guarded', unlockedUntil: null, refusal: expect.stringContaining('--allow-prod-changes') })
  })

  test.each(action.options)('%s is refused, whatever was typed', async (one) => {
    for (const confirm of ['far', null, 'near'])
      await expect(line.client.lifecycle.start({ environment, action: one, confirm })).rejects.toMatchObject({
        code: 'LOCKED',
        data: { mend: 'unlock' },
      })
    await untouched()
  })

  test('protection is neither set nor taken away', async () => {
    for (const protect of [true, false])
      await expect(line.client.lifecycle.protect({ environment, protect, confirm: 'far' })).rejects.toMatchObject({ code: 'LOCKED' })
    await untouched()
  })

  test('sessions are neither cancelled nor ended nor freed', async () => {
    const { sessions } = await line.client.sessions.list({ environment })
    const backends = sessions.flatMap(({ pid, backendStart }) => (backendStart === null ? [] : [{ pid, backendStart }]))
    expect(backends.length).toBeGreaterThan(0)
    for (const refused of [
      line.client.sessions.cancel({ environment, backends }),
      line.client.sessions.terminate({ environment, backends }),
      line.client.sessions.free({ environment }),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'LOCKED' })
    await untouched()
  })

  test('no sign-up is repaired, however often it is asked for', async () => {
    const { insert } = await firstOf(line.client.logs.signUps({ environment, group: null, hours: 1 }))
    expect(insert).toContain('INSERT INTO users')
    for (const refused of [line.client.logs.repair({ environment, values: ada }), line.client.logs.repair({ environment, values: ada })])
      await expect(refused).rejects.toMatchObject({ code: 'LOCKED', data: { mend: 'unlock' } })
    await untouched()
  })

  test('neither saving it anew nor taking it out of the settings is a way around', async () => {
    const connection = { host: server.host, port: server.port, database: 'far', user: server.user, tls: 'off' as const }
    const draft = { id: environment, label: 'prod', colour: 'red' as const, guard: 'open' as const, project: 'cruddur', connection }
    await expect(line.client.environments.save({ ...draft, password: server.password })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(line.client.environments.remove({ environment })).rejects.toMatchObject({ code: 'INVALID' })
    // One of the settings that is guarded stays guarded.
    const kept = { ...draft, id: 'far', guard: 'guarded' as const, password: server.password }
    await line.client.environments.save(kept)
    await expect(line.client.environments.save({ ...kept, guard: 'open' })).rejects.toMatchObject({ code: 'LOCKED' })
    expect((await line.query('far', 'DELETE FROM kept')).error).toMatchObject({ code: 'LOCKED' })
    await line.client.environments.remove({ environment: 'far' })
    await untouched()
  })

  const touched = () => join(folder, 'smuggled')
  const writes: readonly string[] = [
    'INSERT INTO kept VALUES (3)',
    'UPDATE kept SET id = id + 10',
    'DELETE FROM kept',
    'TRUNCATE kept',
    'DROP TABLE kept',
    'DROP DATABASE near',
    'CREATE TABLE other ()',
    'ALTER TABLE kept ADD COLUMN b int',
    `COMMENT ON DATABASE far IS 'x'`,
    'GRANT ALL ON kept TO PUBLIC',
    `CREATE ROLE smuggled SUPERUSER LOGIN PASSWORD 'x'`,
    'CREATE EXTENSION pgcrypto',
    'MERGE INTO kept USING (SELECT 1 AS a) s ON id = a WHEN MATCHED THEN DELETE',
    'WITH gone AS (DELETE FROM kept RETURNING id) SELECT * FROM gone',
    'EXPLAIN ANALYZE DELETE FROM kept',
    'SELECT id INTO other FROM kept',
    'CREATE TABLE other AS SELECT 1',
    `COPY kept TO PROGRAM 'cat > SMUGGLED'`,
    `COPY (SELECT 1) TO 'SMUGGLED'`,
    `COPY kept FROM PROGRAM 'echo 9; touch SMUGGLED'`,
    `DO $$ BEGIN DELETE FROM kept; END $$`,
    `DO $$ BEGIN COMMIT; DELETE FROM kept; COMMIT; END $$`,
    'CALL sly_procedure()',
    'SELECT sly()',
    'SELECT * FROM sly_view',
    'COMMIT; DROP TABLE kept',
    'COMMIT; SELECT sly()',
    'ROLLBACK; BEGIN READ WRITE; SELECT sly(); COMMIT',
    'SET TRANSACTION READ WRITE; SELECT sly()',
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; SELECT sly()',
    'SET default_transaction_read_only = off; SELECT sly()',
    `SELECT set_config('transaction_read_only', 'off', false); SELECT sly()`,
    `SELECT "set_config"('transaction_read_only', 'off', true), sly()`,
    `SELECT nextval('numbers')`,
    `SELECT setval('numbers', 99)`,
    `SELECT lo_create(4711)`,
    `SELECT lo_from_bytea(0, 'x')`,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    'SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    'SELECT pg_reload_conf()',
    'SELECT pg_rotate_logfile()',
    'SELECT pg_switch_wal()',
    `SELECT pg_create_physical_replication_slot('smuggled')`,
    `SELECT pg_file_write('SMUGGLED', 'x', false)`,
    `SELECT pg_stat_reset()`,
    `SELECT pg_notify('a', 'b')`,
    `SELECT query_to_xml('DELETE FROM kept', true, true, '')`,
    `SELECT * FROM kept FOR UPDATE`,
    `LOCK TABLE kept`,
    `PREPARE p AS DELETE FROM kept; EXECUTE p`,
    `PREPARE TRANSACTION 'smuggled'`,
    `ALTER SYSTEM SET work_mem = '1MB'`,
    `ALTER DATABASE far SET default_transaction_read_only = off`,
    `ALTER ROLE postgres SET work_mem = '1MB'`,
    'VACUUM kept',
    'REINDEX TABLE kept',
    'CHECKPOINT',
    'NOTIFY somebody',
    `LOAD 'auto_explain'`,
    'CREATE PUBLICATION smuggled',
    `SELECT $$;$$; /* ; */ DELETE FROM kept -- ;`,
    `SELECT 1;\u00a0;DELETE FROM kept`,
  ]
  test.each(writes)('%s changes nothing', async (text) => {
    const { error, rows } = await line.query(environment, text.replaceAll('SMUGGLED', touched()))
    expect(error, JSON.stringify(rows)).toMatchObject({ code: expect.stringMatching(/^(LOCKED|SQL|INVALID)$/) })
    expect(await stat(touched()).catch(() => null)).toBeNull()
    await untouched()
  })

  test('while it is locked it is read, planned and looked at', async () => {
    expect((await line.query(environment, 'SELECT id FROM kept ORDER BY 1')).rows).toEqual([['1'], ['2']])
    expect(await line.client.lifecycle.plan({ environment, action: 'drop' })).toMatchObject({ confirm: 'far' })
    expect((await line.client.tables.list({ environment })).pages).toHaveLength(1)
    await untouched()
  })
})

describe('with --allow-prod-changes', () => {
  let running: RunningConsole
  let one: Line
  let other: Line
  beforeAll(async () => {
    running = await start(['--allow-prod-changes'])
    one = await openLine(running, 1)
    other = await openLine(running, 2, one.bearer)
  })
  afterAll(async () => {
    await one?.close()
    await other?.close()
    await running?.[Symbol.asyncDispose]()
  })
  const environment = 'prod'

  test('what one window unlocks stays locked for another, and for the same name of another session', async () => {
    await expect(one.client.environments.unlock({ environment })).resolves.toMatchObject({ unlockedUntil: expect.any(String) })
    const { url } = await one.client.settings.link()
    const session = await openLine({ ...running, url }, 1)
    for (const line of [other, session]) {
      expect((await line.query(environment, 'INSERT INTO kept VALUES (4)')).error).toMatchObject({ code: 'LOCKED' })
      await expect(line.client.lifecycle.protect({ environment, protect: true, confirm: null })).rejects.toMatchObject({ code: 'LOCKED' })
      await expect(line.client.logs.repair({ environment, values: ada })).rejects.toMatchObject({ code: 'LOCKED' })
      expect((await line.until(environment, () => true)).guard.unlockedUntil).toBeNull()
    }
    await session.close()
    expect((await one.query(environment, 'INSERT INTO kept VALUES (5)')).error).toBeUndefined()
    expect((await entriesOf(running)).length).toBeGreaterThan(0)
  })

  test.each(['', 'FAR', ' far', 'far ', 'near', 'fаr', 'far\n', null])('the name typed as %j confirms nothing', async (confirm) => {
    await one.client.environments.unlock({ environment })
    const entries = (await entriesOf(running)).length
    for (const each of ['drop', 'reset'] as const)
      await expect(one.client.lifecycle.start({ environment, action: each, confirm })).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    await expect(one.client.lifecycle.protect({ environment, protect: false, confirm })).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    expect((await server.sql(`SELECT count(*)::int AS n FROM kept`, 'far'))[0]).toMatchObject({ n: expect.any(Number) })
    expect(await entriesOf(running)).toHaveLength(entries)
  })

  test('a start that is asked for twice at once is one run', async () => {
    await one.client.environments.unlock({ environment })
    const asked = await Promise.allSettled([
      one.client.lifecycle.start({ environment: 'local', action: 'set-up', confirm: null }),
      other.client.lifecycle.start({ environment: 'local', action: 'set-up', confirm: null }),
      one.client.lifecycle.start({ environment: 'local', action: 'set-up', confirm: 'near' }),
    ])
    expect(asked.filter((each) => each.status === 'fulfilled')).toHaveLength(1)
    for (const each of asked) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'BUSY' })
    expect(await one.follow('local')).toMatchObject({ state: 'done' })
    const { entries } = await one.client.activity.list({ environment: 'local', limit: 100 })
    expect(entries.map(({ action, result }) => ({ action, result }))).toEqual([{ action: 'Set up', result: 'done' }])
  })

  test('locking again ends it at once', async () => {
    await one.client.environments.unlock({ environment })
    await one.client.environments.lock({ environment })
    expect((await one.query(environment, 'DELETE FROM kept')).error).toMatchObject({ code: 'LOCKED' })
  })

  test('a protected database is neither dropped nor reset until its mark is taken away by name', async () => {
    await one.client.environments.unlock({ environment })
    await one.client.lifecycle.protect({ environment, protect: true, confirm: null })
    for (const each of ['drop', 'reset'] as const)
      await expect(one.client.lifecycle.start({ environment, action: each, confirm: 'far' })).rejects.toMatchObject({ code: 'PROTECTED' })
    await one.client.lifecycle.protect({ environment, protect: false, confirm: 'far' })
    expect((await one.run(environment, 'drop')).state).toBe('done')
    expect((await one.client.activity.list({ environment, limit: 3 })).entries.map(({ action }) => action)).toEqual([
      'Drop',
      'Take protection away',
      'Protect',
    ])
  })
})

test('a console killed in the middle of a seed says at its next start what became of it', async () => {
  const dataFolder = await makeDataFolder()
  const project = await makeProject({
    schema: 'CREATE TABLE slow (a int)',
    seed: 'INSERT INTO slow VALUES (1); SELECT pg_sleep(60); INSERT INTO slow VALUES (2)',
  })
  await server.sql('DROP DATABASE IF EXISTS near WITH (FORCE)')
  const options = { dataFolder, variables: { CONNECTION_URL: server.connectionString('near'), PROD_CONNECTION_URL: prodUrl } }
  try {
    const running = await startConsole(options)
    const line = await openLine(running)
    const environment = 'local'
    await line.client.lifecycle.choose({ environment, project })
    expect((await line.run(environment, 'create')).state).toBe('done')
    expect((await line.run(environment, 'load-schema')).state).toBe('done')
    await line.client.lifecycle.start({ environment, action: 'seed', confirm: null })
    await expect
      .poll(() =>
        server.sql(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'near' AND query ~ 'pg_sleep' AND pid <> pg_backend_pid()`,
        ),
      )
      .toEqual([{ n: 1 }])
    const written = await entriesOf(running)
    expect(JSON.stringify(written.at(-1))).toContain('Seed')
    await running.end('SIGKILL')

    await using again = await startConsole(options)
    const next = await openLine(again)
    const { entries, sound } = await next.client.activity.list({ environment, limit: 10 })
    expect(sound).toBe(true)
    expect(entries.find(({ action }) => action === 'Seed')).toMatchObject({ result: 'unknown' })
    const { notices } = await next.client.settings.read()
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^local: Seed was interrupted .*near is as it was: the transaction was rolled back\./),
    ])
    expect((await next.query(environment, 'SELECT count(*) FROM slow')).rows).toEqual([['0']])
    expect(await next.follow(environment)).toMatchObject({ state: 'interrupted' })
    await next.close()
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
    await rm(project, { recursive: true, force: true })
  }
})

test('a console killed in the middle of a repair has written down what it was about to do, and nobody but by the sub', async () => {
  const dataFolder = await makeDataFolder()
  const environment = 'local'
  await server.sql('DROP DATABASE IF EXISTS near WITH (FORCE)')
  await server.sql('CREATE DATABASE near')
  await server.sql(
    `CREATE TABLE users (display_name text, handle text, email text, cognito_user_id text);
     CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
     CREATE TRIGGER slowly BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slowly()`,
    'near',
  )
  const options = { dataFolder, variables: { CONNECTION_URL: server.connectionString('near'), PROD_CONNECTION_URL: prodUrl } }
  try {
    const running = await startConsole(options)
    const line = await openLine(running)
    await line.until(environment, ({ connection }) => connection.state === 'connected')
    const repaired = line.client.logs.repair({ environment, values: ada }).catch((error: unknown) => error)
    await expect
      .poll(() =>
        server.sql(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'near' AND wait_event = 'PgSleep' AND query ~ '^INSERT'`,
        ),
      )
      .toEqual([{ n: 1 }])
    expect(JSON.stringify((await entriesOf(running)).at(-1))).toContain('Repair a sign-up')
    await running.end('SIGKILL')
    await repaired

    await using again = await startConsole(options)
    const next = await openLine(again)
    const { entries, sound } = await next.client.activity.list({ environment, limit: 10 })
    expect(sound).toBe(true)
    expect(entries).toMatchObject([{ action: 'Repair a sign-up', result: 'unknown', target: expect.stringContaining('sub-of-ada') }])
    await next.close()
    for (const file of ['basepair.log', join('state', 'activity.jsonl')])
      expect(await readFile(join(dataFolder, file), 'utf8')).not.toMatch(/canary/i)
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
})
