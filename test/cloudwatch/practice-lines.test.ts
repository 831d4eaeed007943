import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LogEvent } from '../../cloudwatch/event.ts'
import type { FailureKind, Outcome } from '../../cloudwatch/invocation.ts'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { traceSignUps } from '../../cloudwatch/sign-ups.ts'
import { type FindInstance, NameNotFound } from '../../practice/lambda/database.ts'
import type { LambdaFailure } from '../../preload/contract/practice.ts'
import { startLambda, triggerOf, type Written } from '../practice/lambda.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** What the practice function writes, against a real server, read as the console reads it. */

let server: TestServer
let cruddur: string
beforeAll(async () => {
  server = await startTestServer({ tls: true })
  cruddur = await server.freshDatabase()
  await server.sql(await readFile(join(import.meta.dirname, '../../sql/cruddur/schema.sql'), 'utf8'), cruddur)
})
afterAll(() => server?.stop())
beforeEach(async () => {
  await server.sql('TRUNCATE users CASCADE', cruddur)
})

const reach =
  (database = cruddur, password = server.password): FindInstance =>
  async () => ({
    host: server.servername ?? '',
    port: 5432,
    user: server.user,
    password,
    database,
    caPem: server.caPem ?? '',
    listening: server.port,
  })

const newcomer = () => {
  const sub = randomUUID()
  return { sub, name: "Miles O'Brien", email: `${sub}@example.com`, handle: sub.slice(0, 8) }
}

const eventsOf = (written: readonly Written[]): LogEvent[] =>
  written.map(({ stream, at, message }, index) => ({ id: String(index).padStart(9, '0'), stream, at, ingested: at, message }))

const formats = (['python', 'node'] as const).flatMap((runtime) => (['text', 'json'] as const).map((format) => ({ runtime, format })))

const failures: readonly (readonly [LambdaFailure, FailureKind | null])[] = [
  ['none', null],
  ['table missing', 'table missing'],
  ['column missing', 'column missing'],
  ['unbound variable', 'unbound variable'],
  ['duplicate', 'duplicate'],
  ['quote in the name', 'broken SQL'],
]
const variants = failures.flatMap(([failure, kind]) =>
  formats.flatMap((made) => [true, false].map((swallows) => ({ ...made, swallows, failure, kind }))),
)

describe('each failure of the practice function is seen', () => {
  test.each(variants)('$failure, $runtime, $format, swallowed: $swallows', async ({ kind, ...made }) => {
    const { lambda, written } = await startLambda(reach(), { made })
    const person = newcomer()
    await lambda.invoke(triggerOf(person))
    const events = eventsOf(written)
    const invocations = invocationsOf(events)
    const outcome: Outcome = kind === null ? 'ok' : made.swallows ? 'hidden error' : 'failed'
    expect(invocations).toHaveLength(1)
    expect(invocations[0]).toMatchObject({ outcome, hasStart: true, coldStart: true, memorySizeMb: 128, events })
    expect(invocations[0]?.initMs).toBeGreaterThan(0)
    expect(invocations[0]?.durationMs).toBeGreaterThan(0)
    const kinds = invocations[0]?.failures.map((failure) => failure.kind) ?? []
    expect(kinds.at(-1) ?? null).toBe(kind)
    // The journals' variable has another name, which psycopg2 says before the exception ends it all.
    if (made.failure !== 'unbound variable') expect(kinds.length).toBe(kind === null ? 0 : 1)
    for (const failure of invocations[0]?.failures ?? []) {
      expect(failure.hidden).toBe(made.swallows)
      expect(failure.text).not.toMatch(/[\r\n]/)
    }
    const [trace, ...others] = traceSignUps(invocations)
    expect(others).toEqual([])
    expect(trace?.person).toEqual({ sub: person.sub, email: person.email, name: person.name, handle: person.handle })
    expect(trace).toMatchObject({ outcome, trigger: 'sign_up' })
    expect(trace?.failure?.kind ?? null).toBe(kind)
  })

  test.each(formats)('a syntax error, $runtime, $format', async (made) => {
    const { lambda, written } = await startLambda(reach(), { made: { ...made, failure: 'syntax error' } })
    for (const _ of [1, 2]) await lambda.invoke(triggerOf(newcomer()))
    const events = eventsOf(written)
    const invocations = invocationsOf(events)
    expect(invocations.flatMap((one) => one.events)).toEqual(events)
    expect(invocations.map(({ outcome, coldStart, failures: [failure] }) => ({ outcome, coldStart, kind: failure?.kind }))).toEqual(
      Array(2).fill({ outcome: 'failed', coldStart: true, kind: 'syntax error in the function' }),
    )
  })

  test.each(formats)('a time-out, $runtime, $format', async (made) => {
    const { lambda, written } = await startLambda(reach(), { made: { ...made, failure: 'time-out' }, timeoutSeconds: 0.25 })
    const person = newcomer()
    for (const _ of [1, 2]) await lambda.invoke(triggerOf(person))
    const invocations = invocationsOf(eventsOf(written))
    expect(invocations.map(({ outcome, failures: found }) => ({ outcome, kinds: found.map(({ kind }) => kind) }))).toEqual(
      Array(2).fill({ outcome: 'timed out', kinds: ['timed out'] }),
    )
    const traces = traceSignUps(invocations)
    expect(traces).toHaveLength(1)
    expect(traces[0]).toMatchObject({ person: { sub: person.sub }, outcome: 'timed out', failure: { kind: 'timed out' } })
    expect(traces[0]?.attempts).toHaveLength(2)
  })

  test.each(formats)('what the server refuses by itself, $runtime, $format', async (made) => {
    const gone: FindInstance = async () => {
      throw new NameNotFound('cruddur-db-instance.example')
    }
    const seen = async (find: FindInstance, swallows: boolean) => {
      const { lambda, written } = await startLambda(find, { made: { ...made, swallows } })
      await lambda.invoke(triggerOf(newcomer()))
      return invocationsOf(eventsOf(written)).flatMap((one) =>
        one.failures.map(({ kind, sentence }) => `${one.outcome}, ${kind}: ${sentence}`),
      )
    }
    for (const swallows of [true, false]) {
      const outcome = swallows ? 'hidden error' : 'failed'
      expect(await seen(reach('nowhere'), swallows)).toEqual([expect.stringMatching(`^${outcome}, database missing: .* nowhere`)])
      expect(await seen(reach(cruddur, 'wrong'), swallows)).toEqual([
        expect.stringMatching(`^${outcome}, sign-in refused: .* ${server.user}`),
      ])
      expect(await seen(gone, swallows)).toEqual([expect.stringMatching(`^${outcome}, cannot connect: .* cruddur-db-instance.example`)])
    }
  })

  test.each(formats)('a password reset is told from a sign-up, $runtime, $format', async (made) => {
    const { lambda, written } = await startLambda(reach(), { made })
    const person = newcomer()
    await lambda.invoke(triggerOf(person))
    await lambda.invoke(triggerOf(person, 'PostConfirmation_ConfirmForgotPassword'))
    expect(traceSignUps(invocationsOf(eventsOf(written))).map(({ trigger, outcome }) => ({ trigger, outcome }))).toEqual([
      { trigger: 'sign_up', outcome: 'ok' },
      { trigger: 'password_reset', outcome: 'ok' },
    ])
  })
})
