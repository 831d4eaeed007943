import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeProject } from '../postgres/lifecycle-stage.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** The server of `local` killed in the middle of everything: what is told, that it comes back by itself, and what is left. */

const environment = 'local'
const codes = /^(LOST|UNREACHABLE)$/
let running: RunningConsole
let line: Line
let slow: string

beforeAll(async () => {
  running = await startConsole()
  line = await openLine(running)
  slow = await makeProject({
    schema: 'CREATE TABLE things (id int PRIMARY KEY)',
    seed: 'INSERT INTO things SELECT generate_series(1001, 1050); SELECT pg_sleep(300); INSERT INTO things VALUES (1051)',
  })
  const quick = await makeProject({
    schema: 'CREATE TABLE things (id int PRIMARY KEY)',
    seed: 'INSERT INTO things SELECT generate_series(1, 100)',
  })
  await line.client.lifecycle.choose({ environment, project: quick })
  expect((await line.run(environment, 'reset')).state).toBe('done')
  await line.query(environment, 'CREATE VIEW slow_things AS SELECT id, pg_sleep(300)::text AS wait FROM things')
  await rm(quick, { recursive: true, force: true })
  await line.client.lifecycle.choose({ environment, project: slow })
})
afterAll(async () => {
  await line?.close()
  await running?.[Symbol.asyncDispose]()
  await rm(slow, { recursive: true, force: true })
})

/** Kills the server, its postmaster alone, as the system does when memory is short. */
async function kill(): Promise<void> {
  const text = await readFile(join(running.dataFolder, 'servers', environment, 'data', 'postmaster.pid'), 'utf8')
  process.kill(Number(text.split('\n')[0]), 'SIGKILL')
}

/** Waits until something of the console sleeps on the server, so that the kill comes in the middle of it. */
const untilSleeping =
  (sleepers = 1) =>
  () =>
    expect
      .poll(async () => (await line.client.sessions.list({ environment })).sessions.filter((one) => one.wait === 'Timeout: PgSleep').length)
      .toBe(sleepers)

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('It was done')),
    (error: unknown) => error,
  )

/** Kills in the middle of the work; the environment is told lost, and is connected again without anybody's doing. */
async function killDuring<T>(work: Promise<T>, begun: () => Promise<void>): Promise<T> {
  await begun()
  const told = line.until(environment, ({ connection }) => connection.state === 'lost')
  await kill()
  const [outcome, state] = await Promise.all([work, told])
  expect(state.connection).toMatchObject({ problem: { code: expect.stringMatching(codes) } })
  await line.until(environment, ({ connection }) => connection.state === 'connected')
  expect(running.process.exitCode).toBeNull()
  // The other environment was not touched by it.
  expect((await line.query('prod', 'SELECT 1')).rows).toEqual([['1']])
  return outcome
}

/** The database as it was before. */
const whole = async () => {
  expect((await line.query(environment, 'SELECT count(*), sum(id) FROM things')).rows).toEqual([['100', '5050']])
  expect((await line.query(environment, 'SELECT datname FROM pg_database ORDER BY 1')).rows.flat()).not.toContain('cruddur_next')
}

test('a query and a change: the change is recorded as failed, and not made', async () => {
  const change = line.query(environment, 'UPDATE things SET id = id + length(pg_sleep(300)::text) + 1000')
  const [query, { error }] = await killDuring(
    Promise.all([line.query(environment, 'SELECT 1; SELECT pg_sleep(300)'), change]),
    untilSleeping(2),
  )
  expect(query).toMatchObject({ rows: [['1']], error: { code: expect.stringMatching(codes), statement: 1 } })
  expect(error).toMatchObject({ code: expect.stringMatching(codes) })
  const { entries } = await line.client.activity.list({ environment, limit: 1 })
  expect(entries).toMatchObject([{ action: 'UPDATE', result: 'failed' }])
  await whole()
})

test('a result that streams', async () => {
  const stream = async () => {
    let rows = 0
    let gone = false
    const events = await line.client.query.run({ environment, text: `SELECT g, repeat('x', 300) FROM generate_series(1, 1000000) g` })
    for await (const event of events) {
      if (event.event === 'error') return { rows, error: event }
      if (event.event !== 'page') continue
      // Fetched slowly, so that the result is still on its way.
      if (!gone) rows += (await line.page(event.page.address)).rows
      if (!gone && rows > 10_000) {
        await kill()
        gone = true
      }
      if (gone) await line.page(event.page.address).catch(() => {})
    }
    return { rows, error: undefined }
  }
  const { rows, error } = await stream()
  expect(rows).toBeGreaterThan(0)
  expect(error).toMatchObject({ code: expect.stringMatching(codes) })
  await line.until(environment, ({ connection }) => connection.state === 'connected')
  await whole()
})

test('a page of a table', async () => {
  const oid = Number((await line.query(environment, `SELECT 'slow_things'::regclass::oid`)).rows[0]?.[0])
  const page = { environment, oid, order: [], filters: [], after: null, skip: 0, limit: 100 }
  const failure = await killDuring(failureOf(line.client.tables.rows(page)), untilSleeping())
  expect(failure).toMatchObject({ code: expect.stringMatching(codes) })
  await whole()
})

test.each(['reset', 'seed'] as const)('a %s', async (action) => {
  const { confirm } = await line.client.lifecycle.plan({ environment, action })
  await line.client.lifecycle.start({ environment, action, confirm })
  const ended = line.follow(environment)
  const run = await killDuring(ended, untilSleeping())
  expect(run).toMatchObject({ action, state: 'failed', error: { code: expect.stringMatching(codes) } })
  const settled = await line.follow(environment, (one) => /as it was/.test(one.outcome ?? ''))
  expect(settled.outcome).toMatch(/cruddur is as it was/)
  await whole()
})

test('nothing of it was a defect of the console', async () => {
  expect(await readFile(join(running.dataFolder, 'basepair.log'), 'utf8')).not.toMatch(/incident|uncaught|unhandled/)
})
