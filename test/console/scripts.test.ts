import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action } from '../../preload/contract/lifecycle.ts'
import { makeProject } from '../postgres/lifecycle-stage.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine, rowsOf } from '../support/line.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** Scripts that cannot be run, and names that are hard to write, from the page's line to the server and back. */

const environment = 'scripts'
let server: TestServer
let running: RunningConsole
let line: Line
const folders: string[] = []

beforeAll(async () => {
  server = await startTestServer()
  const url = server.connectionString()
  running = await startConsole({ variables: { CONNECTION_URL: url, PROD_CONNECTION_URL: url } })
  line = await openLine(running)
})
afterAll(async () => {
  await line?.close()
  await running?.[Symbol.asyncDispose]()
  await server?.stop()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

/** Points the environment to a database with a project of its own. */
async function stage(database: string, scripts: Parameters<typeof makeProject>[0]): Promise<string> {
  const project = await makeProject(scripts)
  folders.push(project)
  const connection = { host: server.host, port: server.port, database, user: server.user, tls: 'off' as const }
  const look = { id: environment, label: 'Scripts', colour: 'blue', guard: 'open' } as const
  await line.client.environments.save({ ...look, project, connection, password: server.password })
  return project
}

const databases = async () => (await server.sql('SELECT datname FROM pg_database ORDER BY 1')).map((row) => row['datname'])

const start = (action: Action) => line.client.lifecycle.start({ environment, action, confirm: null })

test('a folder that is not there is not taken, and one without a seed is named', async () => {
  await stage('missing', { schema: 'CREATE TABLE a ()' })
  await expect(line.client.lifecycle.choose({ environment, project: '/nowhere/at all' })).rejects.toMatchObject({ code: 'FILE' })
  expect((await line.run(environment, 'set-up')).state).toMatch(/done|failed/)
  await expect(start('seed')).rejects.toMatchObject({ code: 'FILE', message: expect.stringContaining('seed.sql') })
  const folder = await stage('missing', {})
  await expect(start('load-schema')).rejects.toMatchObject({
    code: 'FILE',
    message: expect.stringContaining('schema.sql'),
    data: { file: folder },
  })
})

test.each([
  '\\! touch /tmp/basepair-shell',
  '\\i other.sql',
  '\\copy a FROM /etc/passwd',
  '\\connect postgres',
  'SELECT `id`;\n\\set x `id`',
])('the meta-command %s is refused with its line, and nothing is made', async (command) => {
  await stage('meta', { schema: `CREATE TABLE a ();\n${command}\n`, seed: 'SELECT 1' })
  const before = await databases()
  await expect(start('set-up')).rejects.toMatchObject({ code: expect.stringMatching(/^(FILE|SQL)$/), data: { line: expect.any(Number) } })
  expect(await databases()).toEqual(before)
})

test('meta-commands that change nothing are left out with a note', async () => {
  const schema = '\\restrict abc\n\\echo hello\n\\timing on\nCREATE TABLE a (id int);\n\\unrestrict abc\n'
  await stage('noted', { schema, seed: 'INSERT INTO a VALUES (1)' })
  expect((await line.client.lifecycle.plan({ environment, action: 'set-up' })).notes.join('\n')).toMatch(/restrict[\s\S]*echo/)
  expect((await line.run(environment, 'set-up')).state).toBe('done')
  expect((await line.query(environment, 'SELECT id FROM a')).rows).toEqual([['1']])
})

test('a script in an invalid encoding is refused with its place', async () => {
  const seed = Buffer.concat([Buffer.from("SELECT 1;\nSELECT 'caf"), Buffer.from([0xe9]), Buffer.from("';\n")])
  await stage('encoded', { schema: 'CREATE TABLE a ()', seed })
  const before = await databases()
  await expect(start('set-up')).rejects.toMatchObject({ code: 'FILE', message: expect.stringMatching(/UTF-8/), data: { line: 2 } })
  expect(await databases()).toEqual(before)
})

test('a script that fails half-way leaves nothing, aside or in place', async () => {
  await stage('half', { schema: 'CREATE TABLE a (id int)', seed: 'INSERT INTO a VALUES (1);\nINSERT INTO a\n  VALUES (1/0);\n' })
  const before = await databases()
  const run = await line.run(environment, 'set-up')
  expect(run).toMatchObject({
    state: 'failed',
    error: { code: 'SQL', message: expect.stringMatching(/seed\.sql, line 2/), data: { line: 2 } },
  })
  expect(await databases()).toEqual(before)
  await server.sql('CREATE DATABASE half')
  expect((await line.run(environment, 'load-schema')).state).toBe('done')
  expect((await line.run(environment, 'seed')).state).toBe('failed')
  expect((await line.query(environment, 'SELECT count(*) FROM a')).rows).toEqual([['0']])
})

test.each([
  'a "quoted" one',
  `it's; DROP DATABASE postgres; --`,
  '  ',
  'Ünïcode-ключ',
  '__proto__',
  '%s $1 :name',
  'd'.repeat(63),
  `${'é'.repeat(31)}x`,
])('a database named %j is created, filled, read, reset, brought back and dropped', async (name) => {
  const table = `"it's ""a"" table ${'t'.repeat(20)}"`
  await stage(name, {
    schema: `CREATE TABLE ${table} ("the ""key""" int PRIMARY KEY, " " text)`,
    seed: `INSERT INTO ${table} VALUES (1, 'a'), (2, NULL)`,
  })
  const before = await databases()
  for (const action of ['create', 'load-schema', 'seed'] as const)
    expect(await line.run(environment, action)).toMatchObject({ state: 'done' })
  const { pages } = await line.client.tables.list({ environment })
  const listed = pages[0] === undefined ? [] : rowsOf(await line.page(pages[0].address))
  expect(listed.map((row) => row[2])).toEqual([`it's "a" table ${'t'.repeat(20)}`])
  const oid = Number(listed[0]?.[0])
  const filters = [{ column: 'the "key"', operator: '>' as const, value: '0' }]
  const order = [{ column: ' ', descending: true }]
  const { page } = await line.client.tables.rows({ environment, oid, order, filters, after: null, skip: 0, limit: 10 })
  expect(rowsOf(await line.page(page.address))).toHaveLength(2)
  const cell = await line.client.tables.cell({ environment, oid, key: ['1'], column: ' ' })
  expect(rowsOf(await line.page(cell.page.address))).toEqual([['a']])
  expect((await line.query(environment, 'SELECT current_database()')).rows).toEqual([[name]])
  for (const action of ['reset', 'undo', 'drop'] as const) {
    // Undo loses nothing: what it takes the place of is kept.
    if (action !== 'undo')
      await expect(line.client.lifecycle.start({ environment, action, confirm: `${name}x` })).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    expect(await line.run(environment, action)).toMatchObject({ state: 'done' })
  }
  const left = (await databases()).filter((one) => !before.includes(one))
  for (const one of left) await server.sql(`DROP DATABASE "${String(one).replaceAll('"', '""')}"`)
  expect(left.every((one) => String(one).startsWith(name.slice(0, 15)))).toBe(true)
})
