import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Intent } from '../../main/environments/changes.ts'
import { findRows, instantOf } from '../../main/logs/find-rows.ts'
import { createRepair, repairStatement } from '../../main/logs/repair.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver } from '../../main/postgres/driver.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
let driver: Driver
let cruddur: string
let database: string
const call = { window: 'w', signal: new AbortController().signal }
const { signal } = call
const written: { intent: Intent; outcome: string }[] = []
const changed: string[] = []

const ada = { display_name: 'Ada Lovelace', handle: 'ada', email: 'ada@example.com', cognito_user_id: 'sub-ada' }

beforeAll(async () => {
  server = await startTestServer()
  driver = createDriver({ password: async () => server.password, events: { lost() {} } })
  cruddur = await server.freshDatabase()
  await server.sql(readFileSync(join(import.meta.dirname, '../../sql/cruddur/schema.sql'), 'utf8'), cruddur)
})
beforeEach(async () => {
  database = await server.freshDatabase(cruddur)
  written.length = 0
  changed.length = 0
})
afterAll(async () => {
  await driver?.close()
  await server?.stop()
})

function repairing(locked = false) {
  const { host, port, user } = server
  const environment: Environment = {
    id: 'prod',
    label: 'prod',
    colour: 'red',
    guard: 'guarded',
    origin: 'settings',
    project: 'cruddur',
    connection: { host, port, database, user, tls: 'off' },
  }
  return createRepair({
    driver,
    environments: {
      get: () => environment,
      target: () => server.target(database),
      allowChange() {
        if (locked) throw new Failure('LOCKED', 'prod is read-only.', { mend: 'unlock' })
      },
    },
    recorder: {
      async open(intent) {
        const entry = { intent, outcome: 'open' }
        written.push(entry)
        const end = (outcome: string) => async (text?: string) => {
          entry.outcome = `${outcome}: ${text}`
        }
        return { id: '1', done: end('done'), failed: end('failed'), cancelled: end('cancelled') }
      },
    },
    changed: (id) => changed.push(id),
  })
}
const users = () => server.sql('SELECT display_name, handle, email, cognito_user_id FROM users ORDER BY handle', database)

test('the row is inserted once, and what is written about it names the user by cognito_user_id alone', async () => {
  const repair = repairing()
  expect(await repair({ environment: 'prod', values: ada }, call)).toEqual({
    inserted: true,
    sentence: 'The row with cognito_user_id sub-ada is in users now.',
  })
  expect(await repair({ environment: 'prod', values: { ...ada, handle: 'other', email: 'other@example.com' } }, call)).toEqual({
    inserted: false,
    sentence: 'Nothing was inserted: users has a row with cognito_user_id sub-ada already.',
  })
  expect(await users()).toEqual([ada])
  expect(written).toEqual([
    {
      intent: {
        environment: 'prod',
        target: `users, cognito_user_id sub-ada in ${database} @ 127.0.0.1:${server.port}`,
        action: 'Repair a sign-up',
        detail: repairStatement(),
        before: 'no row known',
      },
      outcome: 'done: 1 row inserted',
    },
    expect.objectContaining({ outcome: 'done: no row inserted: it was there already' }),
  ])
  expect(JSON.stringify(written)).not.toContain('ada@')
  expect(changed).toEqual(['prod', 'prod'])
})

test('of ten at the same moment one inserts, with the unique constraint and without it', async () => {
  for (const constraint of [true, false]) {
    await server.sql('TRUNCATE users CASCADE', database)
    if (!constraint) {
      await server.sql(
        'ALTER TABLE users DROP CONSTRAINT users_cognito_user_id_key, DROP CONSTRAINT users_handle_key; DROP INDEX users_email_key',
        database,
      )
    }
    const repair = repairing()
    const results = await Promise.all(Array.from({ length: 10 }, () => repair({ environment: 'prod', values: ada }, call)))
    expect(results.filter(({ inserted }) => inserted)).toHaveLength(1)
    expect(await users()).toEqual([ada])
  }
})

test('the function itself may insert it between the look and the insert: the constraint makes that harmless', async () => {
  const client = server.sql(
    `BEGIN; INSERT INTO users (display_name, handle, email, cognito_user_id) VALUES ('Ada', 'ada2', 'ada2@example.com', 'sub-ada');
     SELECT pg_sleep(0.5); COMMIT`,
    database,
  )
  await expect
    .poll(() => server.sql(`SELECT 1 AS x FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.5)%' AND wait_event = 'PgSleep'`))
    .toHaveLength(1)
  expect(await repairing()({ environment: 'prod', values: ada }, call)).toMatchObject({ inserted: false })
  await client
  expect(await users()).toHaveLength(1)
})

test('a locked environment is not touched, and nothing is written', async () => {
  await expect(repairing(true)({ environment: 'prod', values: ada }, call)).rejects.toMatchObject({ code: 'LOCKED' })
  expect(await users()).toEqual([])
  expect(written).toEqual([])
})

test('what stands in the way is told with what to do, and without a value of the row', async () => {
  await server.sql(
    `INSERT INTO users (display_name, handle, email, cognito_user_id) VALUES ('Other', 'taken', 'taken@example.com', 'sub-other')`,
    database,
  )
  const repair = repairing()
  await expect(repair({ environment: 'prod', values: { ...ada, handle: 'taken' } }, call)).rejects.toMatchObject({
    code: 'SQL',
    message: 'Nothing was inserted: the handle is taken by another row of users. Choose another one.',
    data: { mend: 'open_table' },
  })
  await expect(repair({ environment: 'prod', values: { ...ada, email: 'Taken@example.com' } }, call)).rejects.toMatchObject({
    message: expect.stringContaining('another row of users has this e-mail.'),
  })
  expect(written.map(({ outcome }) => outcome)).toEqual([expect.stringMatching(/^failed: /), expect.stringMatching(/^failed: /)])
  expect(JSON.stringify(written)).not.toMatch(/taken@|"taken"/i)
})

test('what Postgres or a trigger says of a value is not written down', async () => {
  await server.sql('ALTER TABLE users ALTER handle TYPE varchar(10), ALTER cognito_user_id TYPE uuid USING NULL', database)
  await expect(repairing()({ environment: 'prod', values: ada }, call)).rejects.toMatchObject({
    code: 'SQL',
    message: expect.stringContaining('22P02'),
  })
  await server.sql(
    `ALTER TABLE users ALTER cognito_user_id TYPE text;
     CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''% is not wanted'', NEW.email; END';
     CREATE TRIGGER refuse BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse()`,
    database,
  )
  await expect(repairing()({ environment: 'prod', values: ada }, call)).rejects.toMatchObject({
    code: 'SQL',
    message: expect.stringContaining('a trigger of users'),
  })
  const outcomes = written.map(({ outcome }) => outcome)
  expect(outcomes).toEqual([expect.stringMatching(/^failed: /), expect.stringMatching(/^failed: /)])
  expect(JSON.stringify(outcomes)).not.toMatch(/sub-ada|ada@/)
})

test('hostile values are values', async () => {
  const values = {
    display_name: `O'Brien"); DROP TABLE users; --`,
    handle: '$1',
    email: `' OR 1=1 --@example.com`,
    cognito_user_id: '\u202e\u001b[31m',
  }
  expect(await repairing()({ environment: 'prod', values }, call)).toMatchObject({ inserted: true })
  expect(await users()).toEqual([values])
  await expect(repairing()({ environment: 'prod', values: { ...ada, display_name: 'a\0b' } }, call)).rejects.toBeInstanceOf(Failure)
})

test('a missing table or column is told with what mends it', async () => {
  await server.sql('ALTER TABLE users DROP COLUMN email', database)
  await expect(repairing()({ environment: 'prod', values: ada }, call)).rejects.toMatchObject({
    message: expect.stringMatching(/^Nothing was inserted: column "email" .*compare it with the schema\.$/),
    data: { mend: 'open_table' },
  })
  await server.sql('DROP TABLE users CASCADE', database)
  await expect(repairing()({ environment: 'prod', values: ada }, call)).rejects.toMatchObject({ data: { mend: 'load_schema' } })
})

const rows = (people: { sub: string | null; email: string | null }[]) => findRows(driver, server.target(database), people, signal)

test('rows are found by sub, and by e-mail whatever its case', async () => {
  await repairing()({ environment: 'prod', values: { ...ada, email: 'Ada@Example.com' } }, call)
  const found = await rows([
    { sub: 'sub-ada', email: null },
    { sub: null, email: 'aDA@example.COM' },
    { sub: 'nobody', email: 'no@example.com' },
  ])
  expect(found.bySub('sub-ada')).toMatchObject({ sub: 'sub-ada', email: 'Ada@Example.com', createdAt: expect.stringMatching(/^\d{4}-/) })
  expect(found.byEmail('ada@example.com')).toBe(found.bySub('sub-ada'))
  expect(found.bySub('nobody') ?? found.byEmail('no@example.com')).toBe(null)
  const at = found.bySub('sub-ada')?.createdAtMs ?? 0
  expect(Math.abs(at - Date.now())).toBeLessThan(600_000)
})

test('names out of a log that Postgres could not take find nothing, and hold nothing up', async () => {
  await repairing()({ environment: 'prod', values: ada }, call)
  const hostile = ['a\0b', '\ud800', '', 'x'.repeat(300_000), `'"\\`, '\u202e']
  const found = await rows([...hostile.map((text) => ({ sub: text, email: text })), { sub: 'sub-ada', email: null }])
  expect(found.bySub('sub-ada')).not.toBe(null)
})

test('a table without e-mail or created_at still tells its rows; without cognito_user_id it tells none', async () => {
  await repairing()({ environment: 'prod', values: ada }, call)
  await server.sql('ALTER TABLE users DROP COLUMN created_at, DROP COLUMN email', database)
  const found = await rows([{ sub: 'sub-ada', email: 'ada@example.com' }])
  expect(found.bySub('sub-ada')).toEqual({ sub: 'sub-ada', email: null, createdAt: null, createdAtMs: null })
  await server.sql('ALTER TABLE users DROP COLUMN cognito_user_id', database)
  await expect(rows([{ sub: 'sub-ada', email: null }])).rejects.toMatchObject({
    message: `users in ${database} has no column cognito_user_id, so no row can be told to be of a sign-up.`,
    data: { mend: 'open_lifecycle' },
  })
})

test('a lock on the table is not waited for long', async () => {
  const holding = server.sql('BEGIN; LOCK TABLE users; SELECT pg_sleep(6); COMMIT', database)
  await expect
    .poll(() => server.sql(`SELECT 1 AS x FROM pg_stat_activity WHERE query LIKE '%pg_sleep(6)%' AND wait_event = 'PgSleep'`))
    .toHaveLength(1)
  await expect(rows([{ sub: 'sub-ada', email: null }])).rejects.toMatchObject({ code: 'TIMEOUT', data: { mend: 'free_sessions' } })
  await holding
})

test.each([
  ['2026-11-21 10:04:05.123456+00', 'Europe/Paris', '2026-11-21T10:04:05.123Z'],
  ['2026-11-21 10:04:05+05:30', 'UTC', '2026-11-21T04:34:05.000Z'],
  ['2026-11-21 10:04:05', 'Etc/UTC', '2026-11-21T10:04:05.000Z'],
  ['2026-11-21 10:04:05', 'Europe/Paris', null],
  ['yesterday', 'UTC', null],
  ['0044-03-15 00:00:00+00 BC', 'UTC', null],
])('%s at a server in %s is %s', (text, zone, expected) => {
  const at = instantOf(text, zone)
  expect(at === null ? null : new Date(at).toISOString()).toBe(expected)
})
