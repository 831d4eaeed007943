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
/** Both of its environments are one server; and another whose prod is the practice cloud. */
let running: RunningConsole
let practising: RunningConsole
let line: Line
let practiceLine: Line
beforeAll(async () => {
  server = await startTestServer()
  await server.sql('CREATE DATABASE fuzzed')
  const url = server.connectionString('fuzzed')
  running = await startConsole({ variables: { CONNECTION_URL: url, PROD_CONNECTION_URL: url } })
  line = await openLine(running)
  practising = await startConsole({ variables: { CONNECTION_URL: url } })
  practiceLine = await openLine(practising)
  await practiceLine.client.practice.change({ speed: 600 })
  await practiceLine.until('prod', ({ connection }) => connection.state === 'connected')
  await practiceLine.client.environments.unlock({ environment: 'prod' })
  await practiceLine.run('prod', 'load-schema')
})
afterAll(async () => {
  await line?.close()
  await practiceLine?.close()
  await running?.[Symbol.asyncDispose]()
  await practising?.[Symbol.asyncDispose]()
  await server?.stop()
})

/** What only the practice cloud answers is asked there. */
const lineFor = (name: string): Line => (/^(logs|practice)\./.test(name) ? practiceLine : line)

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

/** Mostly what is fit, so that what is odd beside it is reached. */
const mostly = (fit: fc.Arbitrary<unknown>, odd: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: fit }, { weight: 1, arbitrary: odd })
const time = mostly(fc.constantFrom(0, Date.now(), Date.now() - 3_600_000, 8.64e15), integer)
const group = mostly(fc.constantFrom('/aws/lambda/cruddur-post-confirmation', 'nowhere', '<b>', '\u202e', ' '), words)
const place = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ profile: 'practice cloud', region: 'ca-central-1' }) },
  fc.record({ profile: fc.constant('practice cloud'), region: words }),
  words,
)
const person = fc.oneof(words, fc.constantFrom('Ada', "O'Brien", '{"sub": "x"}', 'END RequestId: 1\nSTART'))
/** Where a field of the same name is something else in a room. */
const guessIn: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  logs: {
    environment: fc.oneof({ weight: 6, arbitrary: fc.constant('prod') }, environment),
    place: fc.oneof(fc.constant(undefined), place),
    groups: mostly(fc.array(group, { minLength: 1, maxLength: 2 }), fc.array(group, { maxLength: 12 })),
    group,
    live: fc.boolean(),
    from: time,
    to: time,
    at: time,
    pattern: fc.oneof(words, fc.constantFrom(null, '{ $.a = 1 }', '[a, ..., b]', '?x ?y', '%a*%', '{'.repeat(1_024))),
    stream: words,
    count: mostly(fc.constantFrom(1, 1_000), integer),
    hours: mostly(fc.constantFrom(1, 24, 720), integer),
    values: fc.record({ display_name: person, handle: person, email: person, cognito_user_id: person }),
  },
  practice: {
    network: mostly(fc.constant(undefined), words),
    throttling: mostly(fc.constant(false), words),
    credentialsExpired: mostly(fc.constant(false), words),
    speed: mostly(fc.constantFrom(600, 6_000), fc.constantFrom(0, -1, 1e9, Number.MAX_VALUE)),
    function: fc.record(
      {
        failure: mostly(fc.constantFrom('none', 'table missing', 'syntax error', 'quote in the name', 'duplicate'), words),
        swallows: fc.boolean(),
        runtime: mostly(fc.constantFrom('python', 'node'), words),
        format: mostly(fc.constantFrom('text', 'json'), words),
      },
      { requiredKeys: [] },
    ),
    perMinute: mostly(fc.constant(0), fc.constantFrom(-1, 601)),
    lateIngestion: fc.boolean(),
    name: person,
    email: mostly(
      fc.nat().map((number) => `user+<i>${number}@example.com`),
      person,
    ),
    handle: person,
    confirm: fc.boolean(),
    sub: words,
    identifier: fc.oneof(words, fc.constant('cruddur-db-instance')),
  },
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
  const known = { ...guess, ...guessIn[name.split('.')[0] ?? ''] }
  const shaped = fc.record(Object.fromEntries(fields.map((field) => [field, known[field] ?? fc.anything()])))
  const broken = fc.record(Object.fromEntries(fields.map((field) => [field, fc.oneof(known[field] ?? words, fc.jsonValue())])), {
    requiredKeys: [],
  })
  return fc.oneof({ weight: 6, arbitrary: shaped }, { weight: 2, arbitrary: broken }, fc.jsonValue({ maxDepth: 4 }))
}

/** The code that a call ended with; `done` where it ended well. A stream is heard for its first event. */
async function codeOf(name: string, input: unknown): Promise<string> {
  const [room = '', operation = ''] = name.split('.')
  // The typed client would not let these be sent.
  const call = (lineFor(name).client as unknown as Record<string, Record<string, (input: unknown, options: object) => Promise<unknown>>>)[
    room
  ]?.[operation]
  if (call === undefined) throw new Error(`There is no ${name}`)
  const leaving = new AbortController()
  try {
    const output = await call(input, { signal: leaving.signal })
    if (typeof output === 'object' && output !== null && Symbol.asyncIterator in output) {
      for await (const event of output as AsyncIterable<{ event?: string; code?: string; page?: { address: string } }>) {
        if (event?.event === 'error') return event.code ?? 'an error without a code'
        // A window has only so many pages waiting: what is told of is fetched.
        if (event?.page !== undefined) await lineFor(name).page(event.page.address)
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
  for (const [one, its] of [
    [running, line],
    [practising, practiceLine],
  ] as const) {
    expect(one.process.exitCode).toBeNull()
    expect(await its.client.settings.read()).toMatchObject({ mode: 'browser' })
    expect(await readFile(join(one.dataFolder, 'basepair.log'), 'utf8')).not.toMatch(/incident|uncaught|unhandled/)
  }
  expect((await line.query('local', 'SELECT 1')).rows).toEqual([['1']])
  // Not all of it stops at the schema.
  expect(answered.done).toBeGreaterThan(1000)
})
