import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { createSignUps, type SignUpsDeps, type SignUpsInput } from '../../../main/logs/sign-ups.ts'
import type { PoolUser } from '../../../main/logs/user-pool.ts'
import { createDriver } from '../../../main/postgres/create-driver.ts'
import type { Driver } from '../../../main/postgres/driver.ts'
import type { Environment, Identity } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { SignUps } from '../../../preload/contract/logs.ts'
import { startTestServer, type TestServer } from '../../support/postgres.ts'
import { createFakeHub } from './fake-hub.ts'
import { ada, grace, linesOf, type User } from './lambda-log.ts'

let server: TestServer
let driver: Driver
let cruddur: string
let database: string
let password: string | null
const hour = 3_600_000
const start = Date.now() - 2 * hour
const minutes = (count: number) => start + count * 60_000
const group = '/aws/lambda/cruddur-post-confirmation'
const closing: (() => void)[] = []

beforeAll(async () => {
  server = await startTestServer()
  driver = createDriver({ password: async () => password, events: { lost() {} } })
  cruddur = await server.freshDatabase()
  await server.sql(readFileSync(join(import.meta.dirname, '../../../sql/cruddur/schema.sql'), 'utf8'), cruddur)
})
beforeEach(async () => {
  password = server.password
  database = await server.freshDatabase(cruddur)
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
afterAll(async () => {
  await driver?.close()
  await server?.stop()
})

const place = { profile: 'work', region: 'ca-central-1' }
const identity = { database: 'cruddur' } as Identity // only whether there is one is asked

interface Setting {
  readonly past?: readonly LogEvent[]
  readonly groupOf?: SignUpsDeps['groupOf']
  readonly confirmedUsers?: SignUpsDeps['confirmedUsers']
  readonly rds?: boolean
  readonly bounds?: SignUpsDeps['bounds']
}

function watching({ past = [], groupOf = async () => group, confirmedUsers = async () => null, rds = true, bounds }: Setting = {}) {
  const environment: Environment = {
    id: 'prod',
    label: 'prod',
    colour: 'red',
    guard: 'guarded',
    origin: 'settings',
    project: 'cruddur',
    connection: { host: server.host, port: server.port, database, user: server.user, tls: 'off' },
    ...(rds && { rds: { ...place, instance: 'cruddur-db-instance', signIn: 'password' } }),
  }
  const fake = createFakeHub(past, minutes(60))
  const known = { identity: null as Identity | null }
  const questions = { now: 0, most: 0, all: 0 }
  const counted: Pick<Driver, 'run'> = {
    async run(...given) {
      questions.all += 1
      questions.most = Math.max(questions.most, ++questions.now)
      return await driver.run(...given).finally(() => {
        questions.now -= 1
      })
    },
  }
  const signUps = createSignUps({
    hub: fake.hub,
    environments: { get: () => environment, target: () => server.target(database, 'prod'), identity: () => known.identity },
    driver: counted,
    groupOf,
    confirmedUsers,
    log: () => {},
    pace: { rows: 200, rowsAgain: 200, pool: 10_000, poolSoon: 50, again: 50, tick: 50 },
    ...(bounds && { bounds }),
    lingerMs: 100,
  })
  closing.push(signUps.close)
  const ends: AbortController[] = []
  closing.push(() => {
    for (const end of ends) end.abort()
  })
  /** Follows the stream; the last value is what counts. */
  function watch(input: Partial<SignUpsInput> = {}) {
    const end = new AbortController()
    ends.push(end)
    const seen: { last: SignUps | null; ended: boolean } = { last: null, ended: false }
    void (async () => {
      for await (const value of signUps.watch(
        { environment: 'prod', group: null, hours: 24, ...input },
        { window: 'w', signal: end.signal },
      )) {
        seen.last = value
      }
      seen.ended = true
    })()
    return { seen, end: () => end.abort() }
  }
  return { ...fake, signUps, environment, known, questions, watch }
}

const insert = ({ name, handle, email, sub }: User, createdAt: number) =>
  server.sql(
    `INSERT INTO users (display_name, handle, email, cognito_user_id, created_at)
     VALUES ('${name}', '${handle}', '${email}', '${sub}', to_timestamp(${createdAt / 1000}))`,
    database,
  )
const told = ({ seen }: { seen: { last: SignUps | null } }) =>
  (seen.last?.signUps ?? []).map(({ email, trigger, outcome, row, attempts }) => [email, trigger, outcome, row, attempts.length])
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 })

test('the past and what comes are one list, newest first, each with its row', async () => {
  await insert(ada, minutes(10))
  const { watch, put, ranges } = watching({
    past: [
      ...linesOf({ at: minutes(10), user: ada }),
      ...linesOf({ at: minutes(20), user: grace, lines: ['relation "users" does not exist'] }),
    ],
  })
  const page = watch()
  await until(() => expect(page.seen.last).toMatchObject({ state: 'read', group, place, table: { readable: true } }))
  await until(() =>
    expect(told(page)).toEqual([
      [grace.email, 'sign_up', 'hidden error', 'missing', 1],
      [ada.email, 'sign_up', 'ok', 'there', 1],
    ]),
  )
  const [missing, there] = page.seen.last?.signUps ?? []
  expect(missing?.reason).toMatchObject({
    line: expect.stringContaining('relation "users" does not exist'),
    sentence: expect.stringMatching(/\.$/),
  })
  // The table is there by now.
  expect(missing?.reason?.mend).toBe(null)
  expect(there).toMatchObject({ reason: null, rowCreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\d /) })
  expect(page.seen.last?.from).toBeLessThan(Date.now() - 23 * hour)
  expect(ranges).toHaveLength(1)
  const linus = { sub: 'sub-linus', email: 'linus@example.com', name: 'Linus', handle: 'linus' }
  put(linesOf({ at: minutes(70), user: linus }))
  await until(() => expect(told(page)[0]).toEqual([linus.email, 'sign_up', 'ok', 'missing', 1]))
  expect(page.seen.last?.signUps[0]?.reason?.sentence).toMatch(/^The function reported no error, yet there is no row: /)
})

test('the statement that is shown is the one that repairs, and a repair is seen at once', async () => {
  const { watch, put, signUps } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada }))
  await until(() => expect(told(page)).toEqual([[ada.email, 'sign_up', 'ok', 'missing', 1]]))
  const text = page.seen.last?.insert ?? ''
  expect(text).toMatch(/^INSERT INTO users/)
  await driver.run(server.target(database, 'prod'), { text, values: [ada.name, ada.handle, ada.email, ada.sub] })
  signUps.rowsChanged('prod')
  await until(() => expect(told(page)[0]?.[3]).toBe('there'))
})

test('attempts of one sign-up are one, and its row is asked for again after each', async () => {
  const { watch, put, questions } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada, timedOut: true }))
  await until(() => expect(told(page)).toEqual([[ada.email, 'sign_up', 'timed out', 'missing', 1]]))
  await insert(ada, minutes(70) + 6_000)
  put(linesOf({ at: minutes(70) + 5_500, user: ada, stream: 'b' }))
  await until(() => expect(told(page)).toEqual([[ada.email, 'sign_up', 'ok', 'there', 2]]))
  expect(questions.most).toBe(1)
})

test('a row that was there long before tells of a password reset, unless a line says otherwise', async () => {
  await insert(ada, minutes(-600))
  await insert(grace, minutes(-600))
  const { watch, put } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada, lines: ['duplicate key value violates unique constraint "users_handle_key"'] }))
  put(linesOf({ at: minutes(80), user: grace, stream: 'b', trigger: 'PostConfirmation_ConfirmSignUp' }))
  await until(() =>
    expect(told(page)).toEqual([
      [grace.email, 'sign_up', 'ok', 'there', 1],
      [ada.email, 'password_reset', 'hidden error', 'there', 1],
    ]),
  )
})

test('a row with the same e-mail is of the earlier user; who signed up again later supersedes', async () => {
  const again = { ...ada, sub: 'sub-again' }
  await insert({ ...grace, email: 'GRACE@example.com', sub: 'sub-before' }, minutes(-600))
  const { watch, put } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada, timedOut: true }))
  put(linesOf({ at: minutes(75), user: grace, stream: 'b' }))
  put(linesOf({ at: minutes(80), user: again, stream: 'c' }))
  await until(() => expect(page.seen.last?.signUps.map(({ row }) => row)).toEqual(['missing', 'missing', 'missing']))
  const [second, other, first] = page.seen.last?.signUps ?? []
  expect(first).toMatchObject({
    sub: ada.sub,
    supersededBy: 'sub-again',
    reason: { sentence: expect.stringContaining('again later, as sub-again') },
  })
  expect(second?.supersededBy).toBe(undefined)
  expect(other).toMatchObject({ reason: { sentence: expect.stringContaining('cognito_user_id is sub-before'), mend: 'open_table' } })
  expect(other?.supersededBy).toBe(undefined)
})

test('whom the log does not name is told by the user pool, with the row and the reason', async () => {
  const line = "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'psycopg2'"
  const pool = { asked: 0, users: [] as PoolUser[], refusal: null as Failure | null }
  const { watch, put } = watching({
    past: linesOf({ at: minutes(10), user: grace }),
    async confirmedUsers() {
      pool.asked += 1
      if (pool.refusal !== null) throw pool.refusal
      return { name: 'cruddur-user-pool', users: pool.users, cut: false }
    },
  })
  const page = watch()
  await until(() => expect(page.seen.last?.pool).toEqual({ name: 'cruddur-user-pool', problem: null }))
  pool.users = [{ ...ada, createdAt: minutes(69), changedAt: minutes(70) - 500 }]
  put(linesOf({ at: minutes(70), user: null, lines: [line] }))
  await until(() => expect(told(page)[0]).toEqual([ada.email, 'unknown', 'failed', 'missing', 1]))
  expect(page.seen.last?.signUps[0]).toMatchObject({
    sub: ada.sub,
    name: ada.name,
    handle: ada.handle,
    reason: { line: line.slice('[ERROR] '.length) },
  })
  // What Cognito refuses takes nothing away.
  pool.refusal = new Failure('FORBIDDEN', 'work may not list the user pools.')
  put(linesOf({ at: minutes(72), user: null, stream: 'b', lines: [line] }))
  await until(() => expect(page.seen.last?.pool).toEqual({ name: 'cruddur-user-pool', problem: 'work may not list the user pools.' }))
  expect(page.seen.last).toMatchObject({ state: 'read', problem: null })
  expect(told(page)).toEqual([
    [null, 'unknown', 'failed', 'unknown', 1],
    [ada.email, 'unknown', 'failed', 'missing', 1],
    [grace.email, 'sign_up', 'ok', 'missing', 1],
  ])
})

test('a confirmed user without any line in the log has a row, or is told to be without one', async () => {
  await insert(grace, minutes(5))
  const users = [grace, ada].map((user, index) => ({ ...user, createdAt: minutes(4), changedAt: minutes(5 + index) }))
  const { watch, signUps } = watching({
    past: linesOf({ at: minutes(30), user: { ...ada, sub: 'sub-other', email: 'other@example.com' } }),
    confirmedUsers: async () => ({ name: 'cruddur-user-pool', users, cut: true }),
  })
  const page = watch()
  await until(() => expect(told(page)[1]).toEqual([ada.email, 'unknown', null, 'missing', 0]))
  expect(told(page)).toHaveLength(2)
  expect(page.seen.last?.signUps[1]).toMatchObject({
    poolAt: minutes(6),
    reason: { sentence: expect.stringMatching(/^The log tells nothing of this user's confirmation: /), line: '' },
  })
  expect(page.seen.last?.pool?.problem).toBe('cruddur-user-pool has more confirmed users than were read.')
  await insert(ada, Date.now())
  signUps.rowsChanged('prod')
  await until(() => expect(told(page)[1]?.[3]).toBe('there'))
})

test('what cannot be asked of the table is told with what mends it, and asked again once it may work', async () => {
  await server.sql('DROP TABLE users CASCADE', database)
  const { watch, put } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada, lines: ['relation "users" does not exist'] }))
  await until(() => expect(page.seen.last?.table).toMatchObject({ readable: false, problem: { data: { mend: 'load_schema' } } }))
  expect(page.seen.last?.signUps[0]).toMatchObject({ row: 'unknown', reason: { mend: 'load_schema' } })
  await server.sql('CREATE TABLE users (cognito_user_id text)', database)
  await until(() => expect(page.seen.last?.signUps[0]).toMatchObject({ row: 'missing', rowCreatedAt: null }))
  expect(page.seen.last?.table).toEqual({ readable: true, problem: null })
})

test('without a password nobody is asked again until the environment is connected', async () => {
  password = null
  const { watch, put, questions, known } = watching()
  const page = watch()
  put(linesOf({ at: minutes(70), user: ada }))
  await until(() =>
    expect(page.seen.last?.table).toMatchObject({ readable: false, problem: { code: 'SIGN_IN', data: { mend: 'enter_password' } } }),
  )
  put(linesOf({ at: minutes(80), user: grace, stream: 'b' }))
  await until(() => expect(told(page)).toHaveLength(2))
  expect(questions.all).toBe(1)
  password = server.password
  known.identity = identity
  await until(() => expect(told(page).map(([, , , row]) => row)).toEqual(['missing', 'missing']))
})

test('a group that is not there yet is no error; it is read once it comes', async () => {
  const { watch, become, window, told: hub } = watching()
  hub.now = { ...hub.now, state: 'missing' }
  const page = watch()
  await until(() => expect(page.seen.last).toMatchObject({ state: 'missing', problem: null, group, signUps: [] }))
  become({ state: 'following' })
  window(minutes(60), linesOf({ at: minutes(70), user: ada }))
  await until(() => expect(page.seen.last).toMatchObject({ state: 'read', signUps: [{ email: ada.email }] }))
})

test('a group is looked for until there is one, and what AWS refuses is told while what was read stays', async () => {
  const answers = [
    async () => Promise.reject(new Failure('FORBIDDEN', 'work may not list the log groups.')),
    async () => null,
    async () => group,
  ]
  const next = () => (answers.length > 1 ? answers.shift() : answers[0])
  const { watch, put, become } = watching({ groupOf: async () => (await next()?.()) ?? null })
  const states: string[] = []
  const page = watch()
  const noting = setInterval(() => states.push(page.seen.last?.state ?? ''), 5)
  await until(() => expect(page.seen.last?.state).toBe('read'))
  clearInterval(noting)
  expect(states).toContain('trouble')
  expect(states).toContain('missing')
  put(linesOf({ at: minutes(70), user: ada }))
  await until(() => expect(told(page)).toHaveLength(1))
  become({ state: 'trouble', problem: { code: 'CREDENTIALS', message: 'The credentials of work have expired.' } })
  await until(() => expect(page.seen.last).toMatchObject({ state: 'trouble', problem: { code: 'CREDENTIALS' } }))
  expect(told(page)).toHaveLength(1)
})

test('a past that AWS refuses half-way is read on from where it ended, and a gap is filled', async () => {
  const past = [...linesOf({ at: minutes(10), user: ada }), ...linesOf({ at: minutes(100), user: grace, stream: 'b' })]
  const { watch, ranges, told: hub, window, become } = watching({ past })
  hub.refusals.push(new Failure('THROTTLED', 'AWS asks to call less often.'))
  const page = watch()
  await until(() => expect(page.seen.last).toMatchObject({ state: 'read', problem: null }))
  expect(ranges).toHaveLength(2)
  expect(told(page).map(([email]) => email)).toEqual([ada.email])
  become({ completeUpTo: minutes(90) })
  window(minutes(110), [])
  await until(() => expect(told(page).map(([email]) => email)).toEqual([grace.email, ada.email]))
  expect(ranges.at(-1)).toEqual({ from: minutes(90), to: minutes(110), pattern: null })
})

test('more of the past than can be held is not read, and from when on is said', async () => {
  const past = Array.from({ length: 20 }, (_, index) => linesOf({ at: minutes(index), user: ada, stream: String(index) })).flat()
  const { watch } = watching({ past, bounds: { events: 30, characters: 1_000_000, invocations: 100 } })
  const page = watch()
  await until(() => expect(page.seen.last?.state).toBe('read'))
  expect(page.seen.last?.from).toBeGreaterThan(minutes(5))
  expect(page.seen.last?.from).toBeLessThan(minutes(20))
})

test('who looks at the same shares one reader, which looks faster for a page and ends a while after the last', async () => {
  const { watch, followed, signUps, environment } = watching({ past: linesOf({ at: minutes(10), user: ada }) })
  const overview = signUps.of(environment, new AbortController().signal)
  expect(await overview).toMatchObject({ state: 'read', signUps: [{ row: 'missing' }] })
  expect(followed.map(({ everyMs }) => everyMs)).toEqual([5_000])
  const [one, two] = [watch({ hours: 168 }), watch({ hours: 168 })]
  await until(() => expect(two.seen.last?.signUps).toHaveLength(1))
  expect(followed.map(({ everyMs }) => everyMs)).toEqual([5_000, 1_000])
  one.end()
  await until(() => expect(one.seen.ended).toBe(true))
  expect(followed).toHaveLength(2)
  two.end()
  await until(() => expect(followed).toEqual([]))
})

test('the overview has the state now, and rows that are fresh', async () => {
  const { signUps, environment, questions } = watching({ past: linesOf({ at: minutes(10), user: ada }) })
  const { signal } = new AbortController()
  expect((await signUps.of(environment, signal))?.signUps[0]?.row).toBe('missing')
  const asked = questions.all
  await Promise.all([signUps.of(environment, signal), signUps.of(environment, signal)])
  expect(questions.all).toBe(asked)
})

test('an environment on no AWS account has no sign-ups', async () => {
  const { signUps, environment, watch } = watching({ rds: false })
  expect(await signUps.of(environment, new AbortController().signal)).toBe(null)
  const page = watch()
  await until(() => expect(page.seen).toMatchObject({ ended: true, last: { place: null, group: null, state: 'missing', signUps: [] } }))
  const elsewhere = watch({ place })
  await until(() => expect(elsewhere.seen.last).toMatchObject({ place, group }))
})
