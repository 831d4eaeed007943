import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errors } from '../../preload/contract/errors.ts'
import { contract } from '../../preload/contract/index.ts'
import { action } from '../../preload/contract/lifecycle.ts'
import { filterOperators } from '../../preload/contract/tables-words.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** Generated inputs to every operation of the contract: each answer is a value or one of the contract's errors, and the console stays up. */

const inputsPerOperation = 90
/** One that changes with each run would fail on a day when nobody changed anything. */
const seed = 20_261_121

let server: TestServer
let running: RunningConsole
let line: Line
beforeAll(async () => {
  server = await startTestServer()
  await server.sql('CREATE DATABASE fuzzed')
  const url = server.connectionString('fuzzed')
  running = await startConsole({ variables: { CONNECTION_URL: url, PROD_CONNECTION_URL: url } })
  line = await openLine(running)
})
afterAll(async () => {
  await line?.close()
  await running?.[Symbol.asyncDispose]()
  await server?.stop()
})

const names = Object.entries(contract).flatMap(([room, operations]) => Object.keys(operations).map((name) => `${room}.${name}`))

const hostile = fc.constantFrom(
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '/dev/zero',
  '/proc/self/mem',
  "'; DROP DATABASE fuzzed; --",
  '"',
  '\\',
  '$1',
  ':name',
  '%(name)s',
  '$$',
  '/*',
  '\u202eabc',
  'é'.repeat(32),
  'x'.repeat(64),
  'x'.repeat(70_000),
  '-1',
  'NaN',
  '9'.repeat(400),
  '<img src=x onerror=alert(1)>',
  'host=evil.invalid',
  'file:///etc/passwd',
)
const words = fc.oneof({ weight: 3, arbitrary: hostile }, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 20 }))
const sql = fc.oneof(
  words,
  fc.constantFrom(
    'SELECT 1',
    'SELECT 1; SELECT :a',
    'SELECT',
    'BEGIN',
    'COPY t FROM STDIN',
    'SELECT 1/0',
    'LISTEN a',
    'SHOW all',
    'ROLLBACK TO a',
  ),
  words.map((word) => `SELECT '${word}'`),
  words.map((word) => `SELECT 1 AS "${word}"`),
)
const environment = fc.oneof(
  { weight: 6, arbitrary: fc.constant('local') },
  { weight: 2, arbitrary: fc.constantFrom('prod', 'nowhere', 'fuzz') },
  words,
)
const integer = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 1.5, 1e300))
const guess: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  environment,
  id: fc.constantFrom('fuzz', 'local', '', '__proto__'),
  text: sql,
  action: fc.oneof(fc.constantFrom(...action.options.filter((one) => one !== 'drop')), words),
  confirm: fc.oneof(words, fc.constant(null)),
  protect: fc.boolean(),
  oid: fc.oneof(fc.constantFrom(1259, 1247, 0, 2 ** 32 - 1), integer),
  order: fc.array(fc.record({ column: fc.oneof(fc.constantFrom('oid', 'relname'), words), descending: fc.boolean() }), { maxLength: 5 }),
  filters: fc.array(
    fc.record(
      {
        column: fc.oneof(fc.constantFrom('oid', 'relname'), words),
        operator: fc.oneof(fc.constantFrom(...filterOperators), words),
        value: words,
      },
      { requiredKeys: ['column', 'operator'] },
    ),
    { maxLength: 4 },
  ),
  after: fc.oneof(fc.constant(null), fc.array(fc.oneof(words, fc.constant(null)), { maxLength: 4 })),
  key: fc.array(fc.oneof(words, fc.constant(null), fc.constant('1259')), { maxLength: 3 }),
  column: fc.oneof(fc.constantFrom('relname', 'oid'), words),
  skip: integer,
  limit: fc.oneof(fc.constantFrom(1, 100), integer),
  backends: fc.array(fc.record({ pid: integer, backendStart: fc.oneof(words, fc.constant('2026-01-01 00:00:00+00')) }), { maxLength: 3 }),
  parameters: fc.dictionary(words, fc.oneof(words, fc.constant(null)), { maxKeys: 4 }),
  search: words,
  project: fc.oneof(fc.constantFrom('cruddur', 'friender', '/tmp', '/'), words),
  password: words,
  url: fc.oneof(
    words,
    words.map((word) => `postgres://u:${word}@127.0.0.1:1/x`),
  ),
  label: words,
  colour: fc.constantFrom('red', 'blue', 'none'),
  guard: fc.constantFrom('open', 'guarded'),
  connection: fc.record({
    host: fc.constantFrom('127.0.0.1', 'nowhere.invalid', '', '\0', '/tmp', '::1'),
    port: fc.constantFrom(1, 0, 65_536),
    database: words,
    user: words,
    tls: fc.constantFrom('off', 'verify-full', 'unverified'),
    caFile: fc.oneof(words, fc.constant('/etc/passwd')),
  }),
  notice: words,
  theme: fc.constantFrom('auto', 'dark', 'none'),
  zone: fc.constantFrom('utc', 'local', ''),
  sessionsEvery: integer,
  place: words,
  drafts: fc.dictionary(words, words, { maxKeys: 3 }),
  accessInstances: fc.dictionary(words, words, { maxKeys: 3 }),
}

/** The fields that an operation's input may have, as its schema says. */
function fieldsOf(name: string): readonly string[] {
  const [room = '', operation = ''] = name.split('.')
  const of = (contract as unknown as Record<string, Record<string, { '~orpc': { inputSchema?: { shape?: object } } }>>)[room]?.[operation]
  return Object.keys(of?.['~orpc'].inputSchema?.shape ?? {})
}

/** Inputs of the right shape with odd values, and ones of any shape at all. */
function inputsFor(name: string): fc.Arbitrary<unknown> {
  const fields = fieldsOf(name)
  const shaped = fc.record(Object.fromEntries(fields.map((field) => [field, guess[field] ?? fc.anything()])))
  const broken = fc.record(Object.fromEntries(fields.map((field) => [field, fc.oneof(guess[field] ?? words, fc.jsonValue())])), {
    requiredKeys: [],
  })
  return fc.oneof({ weight: 6, arbitrary: shaped }, { weight: 2, arbitrary: broken }, fc.jsonValue({ maxDepth: 4 }))
}

/** The code that a call ended with; `done` where it ended well. A stream is heard for its first event. */
async function codeOf(name: string, input: unknown): Promise<string> {
  const [room = '', operation = ''] = name.split('.')
  // The typed client would not let these be sent.
  const call = (line.client as unknown as Record<string, Record<string, (input: unknown, options: object) => Promise<unknown>>>)[room]?.[
    operation
  ]
  if (call === undefined) throw new Error(`There is no ${name}`)
  const leaving = new AbortController()
  try {
    const output = await call(input, { signal: leaving.signal })
    if (typeof output === 'object' && output !== null && Symbol.asyncIterator in output) {
      for await (const event of output as AsyncIterable<{ event?: string; code?: string; page?: { address: string } }>) {
        if (event?.event === 'error') return event.code ?? 'an error without a code'
        // A window has only so many pages waiting: what is told of is fetched.
        if (event?.page !== undefined) await line.page(event.page.address)
        if (name !== 'query.run') break
      }
    }
    return 'done'
  } catch (error) {
    return (error as { code?: string }).code ?? `no code: ${error}`
  } finally {
    leaving.abort()
  }
}

/** How often each code was the answer, and how often there was a value. */
const answered: Record<string, number> & { done: number } = { done: 0 }

test.each(names.filter((name) => !name.startsWith('activity.watch')))(
  '%s answers generated inputs with a value or a code of the contract',
  async (name) => {
    const inputs = fc.sample(inputsFor(name), { seed, numRuns: inputsPerOperation })
    const waiting = [...inputs]
    const unknown: { input: string; code: string }[] = []
    const work = async () => {
      while (waiting.length > 0) {
        const input = waiting.pop()
        const code = await codeOf(name, input)
        answered[code] = (answered[code] ?? 0) + 1
        if (code !== 'done' && (!(code in errors) || code === 'INTERNAL'))
          unknown.push({ input: JSON.stringify(input).slice(0, 400), code })
      }
    }
    await Promise.all(Array.from({ length: 6 }, work))
    // Later operations are to reach the server.
    for (const environment of ['local', 'prod']) await line.client.environments.setPassword({ environment, password: server.password })
    await line.client.lifecycle.choose({ environment: 'local', project: 'cruddur' })
    expect(unknown.slice(0, 3)).toEqual([])
  },
)

test('the console stands, its log tells of no defect, and nothing was polluted', async () => {
  expect(running.process.exitCode).toBeNull()
  expect(await line.client.settings.read()).toMatchObject({ mode: 'browser' })
  expect(await readFile(join(running.dataFolder, 'basepair.log'), 'utf8')).not.toMatch(/incident|uncaught|unhandled/)
  expect((await line.query('local', 'SELECT 1')).rows).toEqual([['1']])
  // Not all of it stops at the schema.
  expect(answered.done).toBeGreaterThan(1000)
})
