import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FindInstance, NameNotFound } from '../../practice/lambda/database.ts'
import type { LambdaFailure, PracticeFunction } from '../../preload/contract/practice.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'
import { startLambda, triggerOf } from './lambda.ts'

/** Each failure of the function against a real server: what the log holds then, and whether the row is there. */

let server: TestServer
let cruddur: string
let empty: string
let schema: string
beforeAll(async () => {
  server = await startTestServer({ tls: true })
  schema = await readFile(join(import.meta.dirname, '../../sql/cruddur/schema.sql'), 'utf8')
  empty = await server.freshDatabase()
  cruddur = await server.freshDatabase()
  await server.sql(schema, cruddur)
})
afterAll(() => server?.stop())
beforeEach(async () => {
  await server.sql('TRUNCATE users CASCADE', cruddur)
})

const reach =
  (database: string, listening: number | null = server.port): FindInstance =>
  async () => ({
    host: server.servername ?? '',
    port: 5432,
    user: server.user,
    password: server.password,
    database,
    caPem: server.caPem ?? '',
    listening,
  })
const newcomer = (name = "Miles O'Brien") => {
  const sub = randomUUID()
  return { sub, name, email: `${sub}@example.com`, handle: sub.slice(0, 8) }
}
const rowOf = async (sub: string) =>
  (await server.sql('SELECT display_name, email, handle, cognito_user_id FROM users', cruddur)).find(
    (row) => row['cognito_user_id'] === sub,
  )

interface Case {
  readonly failure: LambdaFailure
  readonly hasRow: boolean
  /** What Python and Node say, as a print or as what was raised. Null where nothing fails. */
  readonly python: { readonly type: string; readonly says: RegExp } | null
  readonly node: { readonly type: string; readonly says: RegExp } | null
}

const cases: readonly Case[] = [
  { failure: 'none', hasRow: true, python: null, node: null },
  {
    failure: 'table missing',
    hasRow: false,
    python: { type: 'UndefinedTable', says: /^relation "users" does not exist\nLINE 2: {5}INSERT INTO users \(\n {24}\^/ },
    node: { type: 'error', says: /^relation "users" does not exist$/ },
  },
  {
    failure: 'column missing',
    hasRow: false,
    python: {
      type: 'UndefinedColumn',
      says: /^column "preferred_username" of relation "users" does not exist\nLINE 5: {9}preferred_username,\n {16}\^/,
    },
    node: { type: 'error', says: /^column "preferred_username" of relation "users" does not exist$/ },
  },
  {
    failure: 'unbound variable',
    hasRow: false,
    python: { type: 'UnboundLocalError', says: /^cannot access local variable 'conn' where it is not associated with a value/ },
    node: { type: 'ReferenceError', says: /^client is not defined$/ },
  },
  {
    failure: 'duplicate',
    hasRow: false,
    python: {
      type: 'UniqueViolation',
      says: /^duplicate key value violates unique constraint "users_\w+_key"\nDETAIL: {2}Key \(\w+\)=\(.+\) already exists\./,
    },
    node: { type: 'error', says: /^duplicate key value violates unique constraint "users_\w+_key"$/ },
  },
  {
    failure: 'quote in the name',
    hasRow: false,
    python: { type: 'SyntaxError', says: /^syntax error at or near "Brien"\nLINE 9: {9}'Miles O'Brien',\n {25}\^/ },
    node: { type: 'error', says: /^syntax error at or near "Brien"$/ },
  },
]

const variants = cases.flatMap((one) =>
  (['python', 'node'] as const).flatMap((runtime) =>
    (['text', 'json'] as const).flatMap((format) => [true, false].map((swallows) => ({ ...one, runtime, format, swallows }))),
  ),
)

const isJson = (line: string): boolean => line.startsWith('{"')
/** Lambda's own events of JSON mode. */
const platform = (lines: readonly string[]) => lines.filter((line) => line.startsWith('{"time":')).map((line) => JSON.parse(line))

describe('each failure', () => {
  test.each(variants)(
    '$failure, $runtime, $format, swallowed: $swallows',
    async ({ failure, hasRow, runtime, format, swallows, ...said }) => {
      const { lambda, messages, written } = await startLambda(reach(cruddur), { made: { failure, runtime, format, swallows } })
      const person = newcomer()
      const answer = await lambda.invoke(triggerOf(person))
      const lines = messages()
      const expected = said[runtime]
      const isFailed = expected !== null && !swallows

      expect((await rowOf(person.sub)) !== undefined).toBe(hasRow)
      if (hasRow)
        expect(await rowOf(person.sub)).toEqual({
          display_name: person.name,
          email: person.email,
          handle: person.handle,
          cognito_user_id: person.sub,
        })
      expect(new Set(written.map(({ stream }) => stream)).size).toBe(1)
      expect(written[0]).toMatchObject({ region: 'ca-central-1', group: '/aws/lambda/cruddur-post-confirmation' })
      expect(written[0]?.stream).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)

      if (!isFailed) expect(answer).toEqual({ state: 'answered' })
      else {
        expect(answer).toMatchObject({ state: 'failed', type: expected.type })
        expect('message' in answer ? answer.message : '').toMatch(expected.says)
      }
      // What frames it.
      if (format === 'text') {
        expect(lines[0]).toMatch(
          /^INIT_START Runtime Version: (python:3\.12|nodejs:22)\.v\d+\tRuntime Version ARN: arn:aws:lambda:ca-central-1::runtime:[0-9a-f]{64}\n$/,
        )
        const id = /^START RequestId: ([0-9a-f-]{36}) Version: \$LATEST\n$/.exec(lines[1] ?? '')?.[1]
        expect(id).toBeDefined()
        expect(lines.at(-2)).toBe(`END RequestId: ${id}\n`)
        const status = isFailed ? `\tStatus: error\tError Type: ${expected.type}` : ''
        expect(lines.at(-1)).toMatch(
          new RegExp(
            `^REPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms${status}\t\n$`,
          ),
        )
      } else {
        const [initStart, start, report] = platform(lines)
        expect(initStart).toMatchObject({ type: 'platform.initStart', record: { phase: 'init', initializationType: 'on-demand' } })
        expect(start).toMatchObject({
          type: 'platform.start',
          record: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), version: '$LATEST' },
        })
        expect(report).toMatchObject({
          type: 'platform.report',
          record: {
            requestId: start.record.requestId,
            status: isFailed ? 'error' : 'success',
            metrics: { memorySizeMB: 128, initDurationMs: expect.any(Number), billedDurationMs: expect.any(Number) },
            ...(isFailed ? { errorType: expected.type } : {}),
          },
        })
      }

      // What the function says.
      const application = lines.filter((line) => !/^(INIT_START|START|END|REPORT) |^\{"time":/.test(line))
      if (runtime === 'python') {
        const raised = application.filter((line) => line.startsWith('[ERROR]') || isJson(line))
        const printed = application.filter((line) => !raised.includes(line)).join('')
        expect(printed).toContain(
          `triggerSource PostConfirmation_ConfirmSignUp\nuserAttributes\n{'sub': '${person.sub}', 'email_verified': 'true', 'cognito:user_status': 'CONFIRMED', 'name': "Miles O'Brien", 'preferred_username': '${person.handle}', 'email': '${person.email}'}\nentered-try\n`,
        )
        expect(application.every((line) => raised.includes(line) || /^[^\n]*\n$/.test(line))).toBe(true)
        expect(printed.includes('Database connection closed.\n')).toBe(failure !== 'unbound variable')
        expect(raised.length).toBe(isFailed ? 1 : 0)
        if (isFailed && format === 'text') {
          expect(raised[0]).toContain(
            `[ERROR] ${expected.type}: ${'message' in answer ? answer.message : ''}\nTraceback (most recent call last):\n`,
          )
          expect(raised[0]).toMatch(/\n\u00a0\u00a0File "\/var\/task\/lambda_function\.py", line \d+, in lambda_handler\n\u00a0{4}\w/)
        }
        if (isFailed && format === 'json')
          expect(JSON.parse(raised[0] ?? '')).toMatchObject({
            level: 'ERROR',
            errorType: expected.type,
            errorMessage: 'message' in answer ? answer.message : '',
            stackTrace: [expect.stringContaining('lambda_handler')],
          })
        if (expected !== null && swallows) expect(printed).toMatch(new RegExp(expected.says.source.replace('^', '\n')))
        return
      }
      if (format === 'text') {
        expect(application.every((line) => /^\S+Z\t[0-9a-f-]{36}\t(INFO|ERROR)\t.*\n$/s.test(line))).toBe(true)
        expect(application[0]).toContain(`sub: '${person.sub}'`)
        const errors = application.filter((line) => line.includes('\tERROR\t'))
        expect(errors.length).toBe(expected === null ? 0 : 1)
        if (isFailed) {
          const told = /\tERROR\tInvoke Error \t(\{.*\})\n$/.exec(errors[0] ?? '')?.[1] ?? ''
          expect(JSON.parse(told)).toMatchObject({ errorType: expected.type, errorMessage: expect.stringMatching(expected.says) })
        } else if (expected !== null)
          expect(errors[0]).toMatch(new RegExp(`\tERROR\t${expected.type}: ${expected.says.source.replace(/^\^|\$$/g, '')}`))
        return
      }
      const records = application.map((line) => JSON.parse(line))
      expect(records[0].message).toMatchObject({ triggerSource: 'PostConfirmation_ConfirmSignUp', userAttributes: { sub: person.sub } })
      const errors = records.filter(({ level }) => level === 'ERROR')
      expect(errors.length).toBe(expected === null ? 0 : 1)
      if (expected !== null) expect(errors[0].message.errorMessage).toMatch(expected.says)
    },
  )

  test.each([
    ['python', 'text'],
    ['python', 'json'],
    ['node', 'text'],
    ['node', 'json'],
  ] as const)('a syntax error is there before the function is, each time: %s, %s', async (runtime, format) => {
    const { lambda, messages, written } = await startLambda(reach(cruddur), { made: { failure: 'syntax error', runtime, format } })
    const person = newcomer()
    for (const _ of [1, 2])
      expect(await lambda.invoke(triggerOf(person))).toMatchObject({ state: 'failed', type: 'Runtime.UserCodeSyntaxError' })
    expect(await rowOf(person.sub)).toBeUndefined()
    const lines = messages()
    expect(new Set(written.map(({ stream }) => stream)).size).toBe(1)
    expect(lines.filter((line) => line.includes('UserCodeSyntaxError') && /^(\[ERROR\]|\{"timestamp|\d{4})/.test(line)).length).toBe(2)
    expect(lines.some((line) => line.includes('userAttributes'))).toBe(false)
    if (format === 'text') {
      expect(lines.filter((line) => line.startsWith('INIT_START')).length).toBe(2)
      expect(lines.filter((line) => line.startsWith('INIT_REPORT')).map((line) => /Phase: (\w+)/.exec(line)?.[1])).toEqual([
        'init',
        'invoke',
      ])
      const reports = lines.filter((line) => line.startsWith('REPORT'))
      expect(reports.every((line) => line.includes('\tStatus: error\tError Type: Runtime.UserCodeSyntaxError\t'))).toBe(true)
      expect(reports.some((line) => line.includes('Init Duration'))).toBe(false)
      if (runtime === 'python')
        expect(lines).toContainEqual(
          expect.stringMatching(
            /^\[ERROR\] Runtime\.UserCodeSyntaxError: Syntax error in module 'lambda_function': .*\nTraceback \(most recent call last\):\n/,
          ),
        )
      else
        expect(lines).toContainEqual(
          expect.stringMatching(/\tundefined\tERROR\tUncaught Exception \t\{"errorType":"Runtime.UserCodeSyntaxError"/),
        )
    } else {
      expect(platform(lines).map(({ type }) => type)).toEqual(
        Array(2).fill(['platform.initStart', 'platform.initReport', 'platform.start', 'platform.report']).flat(),
      )
    }
  })
})

describe('silence', () => {
  const outside: Partial<PracticeFunction> = { failure: 'time-out' }
  test.each([
    ['outside the VPC', outside, () => reach(cruddur)],
    ['while the instance is not available', {}, () => reach(cruddur, null)],
  ] as const)('%s the function times out, in the words of Lambda, and its environment starts again', async (_, made, find) => {
    const { lambda, messages } = await startLambda(find(), { made, timeoutSeconds: 0.25 })
    const person = newcomer('Zoë Müller')
    const answer = await lambda.invoke(triggerOf(person))
    expect(answer).toEqual({
      state: 'timed out',
      message: expect.stringMatching(/^\S+Z [0-9a-f-]{36} Task timed out after 0\.25 seconds$/),
    })
    const lines = messages()
    expect(lines).toContain('entered-try\n')
    expect(lines.slice(-3)).toEqual([
      `${'message' in answer ? answer.message : ''}\n\n`,
      expect.stringMatching(/^END RequestId: /),
      expect.stringMatching(/\tDuration: 250\.00 ms\t.*\tInit Duration: .*\tStatus: timeout\t\n$/),
    ])
    expect(lines.some((line) => /error/i.test(line))).toBe(false)
    await lambda.invoke(triggerOf(person))
    expect(messages().filter((line) => line.startsWith('INIT_START')).length).toBe(2)
    expect(messages().at(-1)).not.toContain('Init Duration')
    expect(await rowOf(person.sub)).toBeUndefined()
  })

  test('in JSON the report alone tells', async () => {
    const { lambda, messages } = await startLambda(reach(cruddur), {
      made: { ...outside, format: 'json', runtime: 'node' },
      timeoutSeconds: 0.2,
    })
    expect(await lambda.invoke(triggerOf(newcomer()))).toMatchObject({ state: 'timed out' })
    expect(messages().some((line) => line.includes('timed out'))).toBe(false)
    expect(platform(messages()).at(-1)).toMatchObject({
      type: 'platform.report',
      record: { status: 'timeout', metrics: { durationMs: 200 } },
    })
  })
})

describe('what the server says by itself', () => {
  test.each(['python', 'node'] as const)('a database without the schema is a missing table, with nothing ordered: %s', async (runtime) => {
    const { lambda, messages } = await startLambda(reach(empty), { made: { runtime, swallows: false } })
    expect(await lambda.invoke(triggerOf(newcomer()))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('relation "users" does not exist'),
    })
    expect(messages().join('')).toMatch(/relation \\?"users\\?" does not exist/)
  })

  test.each(['python', 'node'] as const)(
    'a database that is not there, a wrong password, an instance that was deleted: %s',
    async (runtime) => {
      const { lambda } = await startLambda(reach('nowhere'), { made: { runtime, swallows: false } })
      expect(await lambda.invoke(triggerOf(newcomer()))).toMatchObject({
        message: expect.stringContaining('database "nowhere" does not exist'),
      })
      const wrong = await startLambda(async () => ({ ...(await reach(cruddur)()), password: 'wrong' }), {
        made: { runtime, swallows: false },
      })
      expect(await wrong.lambda.invoke(triggerOf(newcomer()))).toMatchObject({
        message: expect.stringContaining('password authentication failed for user'),
      })
      expect(wrong.messages().join('')).not.toContain('wrong')
      const gone = await startLambda(
        async () => {
          throw new NameNotFound('cruddur-db-instance.example')
        },
        { made: { runtime, swallows: false } },
      )
      expect(await gone.lambda.invoke(triggerOf(newcomer()))).toMatchObject({
        message: expect.stringMatching(
          /could not translate host name "cruddur-db-instance\.example"|getaddrinfo ENOTFOUND cruddur-db-instance\.example/,
        ),
      })
    },
  )

  test.each(['python', 'node'] as const)('a server that does not listen refuses at the address of the instance: %s', async (runtime) => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    // What listens on a port has an address, not a path.
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const { lambda, messages } = await startLambda(reach(cruddur, port), { made: { runtime, swallows: false } })
    expect(await lambda.invoke(triggerOf(newcomer()))).toMatchObject({
      message: expect.stringMatching(
        /\(172\.31\.12\.84\), port 5432 failed: Connection refused\n|^connect ECONNREFUSED 172\.31\.12\.84:5432$/,
      ),
    })
    expect(messages().join('')).not.toContain('127.0.0.1')
  })

  test('a handle that is taken is a violation, though the insert minds its own row', async () => {
    const { lambda } = await startLambda(reach(cruddur), { made: { swallows: false } })
    const person = newcomer()
    expect(await lambda.invoke(triggerOf(person))).toEqual({ state: 'answered' })
    expect(await lambda.invoke(triggerOf(person, 'PostConfirmation_ConfirmForgotPassword'))).toEqual({ state: 'answered' })
    const other = { ...newcomer(), handle: person.handle }
    expect(await lambda.invoke(triggerOf(other))).toMatchObject({
      type: 'UniqueViolation',
      message: expect.stringContaining('"users_handle_key"'),
    })
    expect(await rowOf(other.sub)).toBeUndefined()
  })

  test.each(['python', 'node'] as const)(
    'a hostile name is a value like any other, but for a NUL, which no text of Postgres holds: %s',
    async (runtime) => {
      const { lambda } = await startLambda(reach(cruddur), { made: { runtime, swallows: false } })
      const person = newcomer(`'); DROP TABLE users; -- \\ $1 %s \u202e\u001b[31m\nEND RequestId: 1\n${'x'.repeat(1_900)}`)
      expect(await lambda.invoke(triggerOf(person))).toEqual({ state: 'answered' })
      expect(await rowOf(person.sub)).toMatchObject({ display_name: person.name })
      expect(await lambda.invoke(triggerOf(newcomer('a\0b')))).toMatchObject({
        message: expect.stringMatching(/cannot contain NUL|invalid byte sequence/),
      })
    },
  )

  test('built SQL harms nobody without a quote in the name', async () => {
    const { lambda } = await startLambda(reach(cruddur), { made: { failure: 'quote in the name', swallows: false } })
    const person = newcomer('Zoë Müller')
    expect(await lambda.invoke(triggerOf(person))).toEqual({ state: 'answered' })
    expect(await rowOf(person.sub)).toMatchObject({ display_name: 'Zoë Müller' })
  })
})
