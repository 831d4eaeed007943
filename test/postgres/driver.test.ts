import { afterAll, beforeAll, expect, test } from 'vitest'
import { byteLength } from '../../main/postgres/identifier.ts'
import { failureOf, readAll, startServerAndDriver } from './driver-fixture.ts'

let setting: Awaited<ReturnType<typeof startServerAndDriver>>
beforeAll(async () => {
  setting = await startServerAndDriver()
})
afterAll(() => setting.close())

const run = (text: string, values: readonly (string | null)[] = []) => setting.driver.run(setting.server.target(), { text, values })

test('gives every value as the text that the server wrote', async () => {
  const { rows, columns } = await run(`
    SELECT 9007199254740993::int8, 1.50::numeric(10,2), 'infinity'::timestamptz, '2023-03-12 02:30:00.123456'::timestamp,
           '{"n": 9007199254740993}'::json, '{1,NULL,3}'::int[], '\\x00ff'::bytea, 'Ünïcödé 🦆'::text, ''::text, NULL::text, true, 'NaN'::float8`)
  expect(rows).toEqual([
    [
      '9007199254740993',
      '1.50',
      'infinity',
      '2023-03-12 02:30:00.123456',
      '{"n": 9007199254740993}',
      '{1,NULL,3}',
      '\\x00ff',
      'Ünïcödé 🦆',
      '',
      null,
      't',
      'NaN',
    ],
  ])
  expect(columns.map(({ type }) => type)).toEqual([
    'bigint',
    'numeric(10,2)',
    'timestamp with time zone',
    'timestamp without time zone',
    'json',
    'integer[]',
    'bytea',
    'text',
    'text',
    'text',
    'boolean',
    'double precision',
  ])
})

test('keeps columns of one name apart, and a column named __proto__', async () => {
  const { columns, rows } = await run('SELECT 1 AS a, 2 AS a, 3 AS "__proto__"')
  expect(columns.map(({ name }) => name)).toEqual(['a', 'a', '__proto__'])
  expect(rows).toEqual([['1', '2', '3']])
})

test('names types as the catalogue does, those made by the user too', async () => {
  await run("CREATE TYPE mood AS ENUM ('fine')")
  await run('CREATE DOMAIN short AS varchar(7)')
  const { columns } = await run(
    "SELECT 'fine'::mood, 'x'::short, ARRAY['fine'::mood], 'x'::char(3), now()::timestamptz(3), 1::numeric(5,-2), '1 day'::interval(0), 'x'::bpchar",
  )
  expect(columns.map(({ type }) => type)).toEqual([
    'mood',
    'character varying(7)',
    'mood[]',
    'character(3)',
    'timestamp(3) with time zone',
    'numeric(5,-2)',
    'interval(0)',
    'bpchar',
  ])
})

test('binds parameters and gives tags and counts', async () => {
  await run('CREATE TABLE kept (id int PRIMARY KEY, name text)')
  expect(await run('INSERT INTO kept VALUES ($1, $2), ($3, NULL)', ['1', 'one', '2'])).toMatchObject({ command: 'INSERT', rowCount: 2 })
  expect(await run('UPDATE kept SET name = $1 WHERE id = 2 RETURNING name', ['two'])).toMatchObject({
    command: 'UPDATE',
    rowCount: 1,
    rows: [['two']],
  })
  expect(await run('DELETE FROM kept WHERE false')).toMatchObject({ command: 'DELETE', rowCount: 0 })
  expect(await run('SELECT FROM kept')).toMatchObject({ command: 'SELECT', rowCount: 2, columns: [] })
  expect(await run('')).toMatchObject({ command: '', rowCount: null, rows: [] })
  expect(await run('CREATE DATABASE made_by_driver')).toMatchObject({ command: 'CREATE DATABASE', rowCount: null })
})

test('runs one statement only, and says where a wrong one is wrong', async () => {
  expect(await failureOf(run('SELECT 1; SELECT 2'))).toMatchObject({ code: 'SQL', data: { source: { vendor: 'postgres', code: '42601' } } })
  expect(await failureOf(run('SELECT ünknown FROM pg_class'))).toMatchObject({ code: 'SQL', data: { position: 8 } })
  expect(await failureOf(run('SELECT * FROM nowhere'))).toMatchObject({ code: 'SQL', data: { mend: 'load_schema' } })
  expect(await run('SELECT 1')).toMatchObject({ rows: [['1']] })
})

test('refuses what the protocol cannot carry before it is sent', async () => {
  expect(await failureOf(run('SELECT $1', ['a\0b']))).toMatchObject({ code: 'INVALID' })
  expect(await failureOf(run('SELECT $1', ['\ud800']))).toMatchObject({ code: 'INVALID' })
  expect(await failureOf(run('SELECT 1', new Array<string>(65_536).fill('1')))).toMatchObject({ code: 'INVALID' })
})

test('gives at most 50,000 rows at once', async () => {
  const { rows, rowCount } = await run('SELECT generate_series(1, 60000)')
  expect(rows).toHaveLength(50_000)
  expect(rowCount).toBe(50_000)
})

test('reads 1,600 columns', async () => {
  const { rows, columns } = await run(`SELECT ${Array.from({ length: 1600 }, (_, at) => `${at} AS c${at}`).join()}`)
  expect(columns).toHaveLength(1600)
  expect(rows[0]?.[1599]).toBe('1599')
})

test('reads a cell of 64 MB, and refuses a row of more than 256 MiB without harm', async () => {
  const { rows } = await run("SELECT repeat('é', 32 * 1024 * 1024)")
  expect(byteLength(rows[0]?.[0] ?? '')).toBe(64 * 1024 * 1024)
  const tooLarge = "SELECT repeat('x', 257 * 1024 * 1024)"
  expect(await failureOf(run(tooLarge))).toMatchObject({ code: 'INVALID' })
  expect(await failureOf(readAll(setting.driver.stream(setting.server.target(), { text: tooLarge })))).toMatchObject({ code: 'INVALID' })
  expect(await run('SELECT 1')).toMatchObject({ rows: [['1']] })
})

test('copies text in, and leaves nothing of a copy that fails', async () => {
  await using connection = await setting.driver.connect(setting.server.target(), 'test')
  await connection.run({ text: 'CREATE TABLE copied (id int, name text)' })
  const many = Array.from({ length: 50_000 }, (_, at) => `${at}\tnamé ${at}\n`).join('')
  expect(await connection.copyIn('COPY copied FROM STDIN', many)).toBe(50_000)
  expect(await failureOf(connection.copyIn('COPY copied FROM STDIN', `${many}x\ty\n${many}`))).toMatchObject({ code: 'SQL' })
  expect(await failureOf(connection.run({ text: 'COPY copied FROM STDIN' }))).toMatchObject({ code: 'INVALID' })
  expect(await failureOf(connection.run({ text: 'COPY copied TO STDOUT' }))).toMatchObject({ code: 'INVALID' })
  expect((await connection.run({ text: 'SELECT count(*), max(name) FROM copied' })).rows).toEqual([['50000', 'namé 9999']])
})

test('knows its own sessions by their names, and who serves a connection', async () => {
  await using connection = await setting.driver.connect(setting.server.target('postgres', 'prod'), 'query')
  const { rows } = await run('SELECT application_name, backend_start FROM pg_stat_activity WHERE pid = $1', [
    String(connection.backend.pid),
  ])
  expect(rows).toEqual([['basepair/prod/query', connection.backend.backendStart]])
  expect((await run('SHOW application_name')).rows).toEqual([['basepair/local/pool']])
})

test('works on although all pooled connections are busy, with those in reserve', async () => {
  const target = setting.server.target()
  const leaving = new AbortController()
  const sleeping = Array.from({ length: 6 }, () =>
    setting.driver.run(target, { text: 'SELECT pg_sleep(60)' }, { timeoutMs: 0, signal: leaving.signal }),
  )
  const ended = Promise.allSettled(sleeping)
  expect(await setting.driver.run(target, { text: 'SELECT 1' }, { reserved: true })).toMatchObject({ rows: [['1']] })
  expect(await failureOf(run('SELECT 1'))).toMatchObject({ code: 'BUSY', message: expect.stringContaining('pg_sleep') })
  leaving.abort()
  await ended
  expect(await run('SELECT 1')).toMatchObject({ rows: [['1']] })
})

test('ends what is pooled for a database, so that it can be dropped', async () => {
  const name = await setting.server.freshDatabase()
  await setting.driver.run(setting.server.target(name), { text: 'SELECT 1' })
  expect(await failureOf(run(`DROP DATABASE ${name}`))).toMatchObject({ code: 'BUSY', data: { mend: 'free_sessions' } })
  await setting.driver.end('local', name)
  expect(await run(`DROP DATABASE ${name}`)).toMatchObject({ command: 'DROP DATABASE' })
})
