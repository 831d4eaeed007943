import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Intent } from '../../main/environments/changes.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver, Target } from '../../main/postgres/driver.ts'
import { createSessionsService } from '../../main/sessions/service.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Session } from '../../preload/contract/sessions.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
let driver: Driver
let database: string
const call = { window: 'w', signal: new AbortController().signal }
const clients: pg.Client[] = []
const written: { intent: Intent; outcome: string }[] = []

/** Anybody else: psql, an application, a pool. */
async function someone(name: string, options: { database?: string; user?: string } = {}): Promise<pg.Client> {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database, application_name: name, ...options })
  client.on('error', () => {})
  await client.connect()
  clients.push(client)
  return client
}

function service(options: { user?: string; locked?: boolean } = {}) {
  const target = (_id: string, name = database): Target => ({ ...server.target(name), ...(options.user ? { user: options.user } : {}) })
  const environment: Environment = {
    id: 'local',
    label: 'local',
    colour: 'teal',
    guard: 'open',
    origin: 'settings',
    project: 'cruddur',
    connection: { host: server.host, port: server.port, database, user: server.user, tls: 'off' },
  }
  const environments = {
    target,
    get: () => environment,
    allowChange() {
      if (options.locked) throw new Failure('LOCKED', 'local is read-only.')
    },
  }
  const recorder = {
    async open(intent: Intent) {
      const entry = { intent, outcome: 'open' }
      written.push(entry)
      const end = (outcome: string) => async (text?: string) => {
        entry.outcome = `${outcome}: ${text}`
      }
      return { id: '1', done: end('done'), failed: end('failed'), cancelled: end('cancelled') }
    },
  }
  return createSessionsService({ driver, environments, recorder })
}

const named = async (name: string, using = service()): Promise<Session> => {
  const { sessions } = await using.list({ environment: 'local' }, call)
  const found = sessions.find((one) => one.application === name)
  if (!found) throw new Error(`no session ${name}`)
  return found
}
const backend = ({ pid, backendStart }: Session) => ({ pid, backendStart: backendStart ?? '' })
const until = (check: () => Promise<void>) => expect.poll(async () => check().then(() => 'so', String), { timeout: 5000 }).toBe('so')

beforeAll(async () => {
  server = await startTestServer({ settings: { max_prepared_transactions: '5' } })
  driver = createDriver({ password: async () => server.password, events: { lost() {} } })
  await server.sql(`
    CREATE ROLE app LOGIN PASSWORD '${server.password}';
    GRANT pg_read_all_stats TO app;
    CREATE ROLE guest LOGIN PASSWORD '${server.password}'`)
}, 30_000)
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
  await driver.end('local')
  written.length = 0
})
afterAll(async () => {
  await driver?.close()
  await server?.stop()
})

test('lists who is connected, what they do, and which are its own', async () => {
  database = await server.freshDatabase()
  const psql = await someone('psql')
  await psql.query('BEGIN')
  await psql.query('SELECT 42 AS answer')
  const { sessions, privileged } = await service().list({ environment: 'local' }, call)
  expect(privileged).toBe(true)
  expect(sessions.find((one) => one.application === 'psql')).toMatchObject({
    user: 'postgres',
    database,
    address: '127.0.0.1',
    state: 'idle in transaction',
    query: 'SELECT 42 AS answer',
    backendType: 'client backend',
    wait: 'Client: ClientRead',
    own: false,
    hidden: false,
    blockedBy: [],
    transactionSeconds: expect.any(Number),
  })
  const own = sessions.filter((one) => one.own)
  expect(own.length).toBeGreaterThan(0)
  for (const one of own) expect(one.application).toMatch(/^basepair\//)
  expect(sessions.find((one) => one.backendType === 'checkpointer')).toMatchObject({ state: null, user: null, hidden: false, query: null })
})

test('works while the database is not there, and does not itself hold it open', async () => {
  database = 'not_there'
  const { sessions } = await service().list({ environment: 'local' }, call)
  expect(sessions.some((one) => one.own)).toBe(true)
  database = await server.freshDatabase()
  await service().list({ environment: 'local' }, call)
  expect((await service().holding({ environment: 'local' }, call)).sessions).toEqual([])
})

test('a chain of waiters names its blockers once each', async () => {
  database = await server.freshDatabase()
  await server.sql('CREATE TABLE users (id int)', database)
  const holder = await someone('holder')
  await holder.query('BEGIN; INSERT INTO users VALUES (1)')
  const first = await someone('first')
  const second = await someone('second')
  const waitingFirst = first.query('ALTER TABLE users ADD COLUMN a int').catch(() => {})
  await until(async () => expect((await named('first')).wait).toBe('Lock: relation'))
  const waitingSecond = second.query('ALTER TABLE users ADD COLUMN b int').catch(() => {})
  await until(async () => expect((await named('second')).wait).toBe('Lock: relation'))
  const [one, two, three] = [await named('holder'), await named('first'), await named('second')]
  expect(two.blockedBy).toEqual([one.pid])
  expect(three.blockedBy.toSorted()).toEqual([one.pid, two.pid].toSorted())
  await holder.query('ROLLBACK')
  await Promise.all([waitingFirst, waitingSecond])
})

test('a prepared transaction that blocks is named as 0', async () => {
  database = await server.freshDatabase()
  await server.sql('CREATE TABLE users (id int)', database)
  const preparer = await someone('preparer')
  await preparer.query(`BEGIN; INSERT INTO users VALUES (1); PREPARE TRANSACTION 'left behind'`)
  const waiter = await someone('waiter')
  const waiting = waiter.query('DROP TABLE users').catch(() => {})
  await until(async () => expect((await named('waiter')).blockedBy).toEqual([0]))
  expect((await service().holding({ environment: 'local' }, call)).preparedTransactions).toEqual(['left behind'])
  await preparer.query(`ROLLBACK PREPARED 'left behind'`)
  await waiting
})

test('cancel stops the statement and keeps the session; terminate ends the session', async () => {
  database = await server.freshDatabase()
  const sleeper = await someone('sleeper')
  const slept = sleeper.query('SELECT pg_sleep(60)').then(
    () => 'slept',
    (error) => error.code,
  )
  await until(async () => expect((await named('sleeper')).state).toBe('active'))
  const session = await named('sleeper')
  const cancelled = await service().cancel({ environment: 'local', backends: [backend(session)] }, call)
  expect(cancelled).toEqual([{ ...backend(session), outcome: 'signalled', message: null }])
  expect(await slept).toBe('57014')
  expect((await sleeper.query('SELECT 1')).rowCount).toBe(1)

  const ended = new Promise((resolve) => sleeper.once('end', resolve))
  await service().terminate({ environment: 'local', backends: [backend(session)] }, call)
  await ended
  await until(async () => expect(await named('sleeper').catch(() => null)).toBe(null))
  expect(written.map(({ intent, outcome }) => [intent.action, intent.target, intent.before, outcome])).toEqual([
    [
      'Cancel sessions',
      `session ${session.pid} @ 127.0.0.1:${server.port}`,
      `pid ${session.pid} postgres@${database} sleeper active`,
      'done: 1 signalled, 0 gone, 0 refused',
    ],
    [
      'Terminate sessions',
      `session ${session.pid} @ 127.0.0.1:${server.port}`,
      `pid ${session.pid} postgres@${database} sleeper idle`,
      'done: 1 signalled, 0 gone, 0 refused',
    ],
  ])
})

test('several at once get an outcome each, and a pid with another start is gone', async () => {
  database = await server.freshDatabase()
  await someone('one')
  await someone('two')
  const [one, two] = [await named('one'), await named('two')]
  const stale = { pid: two.pid, backendStart: '2020-01-01 00:00:00+00' }
  const results = await service().terminate({ environment: 'local', backends: [backend(one), stale, { ...stale, pid: 1 }] }, call)
  expect(results.map(({ outcome }) => outcome)).toEqual(['signalled', 'gone', 'gone'])
  expect(await named('two')).toMatchObject({ pid: two.pid })
})

test('a signal that the role may not send is refused in the server’s words, the others are still sent', async () => {
  database = await server.freshDatabase()
  await someone('of postgres')
  await someone('of app', { user: 'app' })
  const backends = [backend(await named('of postgres')), backend(await named('of app'))]
  await driver.end('local')
  const results = await service({ user: 'app' }).terminate({ environment: 'local', backends }, call)
  expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'signalled'])
  expect(results[0]?.message).toMatch(/permission denied/)
})

test('a session whose start the role may not see is refused, not taken for gone', async () => {
  database = await server.freshDatabase()
  await someone('secret')
  const session = await named('secret')
  await driver.end('local')
  const results = await service({ user: 'guest' }).terminate({ environment: 'local', backends: [backend(session)] }, call)
  expect(results).toMatchObject([{ outcome: 'refused', message: expect.stringContaining('grant pg_read_all_stats') }])
  expect(await named('secret')).toMatchObject({ pid: session.pid })
})

test('what the role may not see is hidden, not idle', async () => {
  database = await server.freshDatabase()
  await someone('secret')
  const { sessions, privileged } = await service({ user: 'guest' }).list({ environment: 'local' }, call)
  expect(privileged).toBe(false)
  const hidden = sessions.filter((one) => one.hidden && one.database === database)
  expect(hidden).toEqual([
    expect.objectContaining({ user: 'postgres', state: null, query: null, address: null, backendStart: null, own: false }),
  ])
  expect(sessions.filter((one) => one.own)).toMatchObject([{ user: 'guest', hidden: false }])
})

test('a locked window sends nothing and writes nothing', async () => {
  database = await server.freshDatabase()
  await someone('kept')
  const locked = service({ locked: true })
  const backends = [backend(await named('kept'))]
  for (const work of [
    () => locked.cancel({ environment: 'local', backends }, call),
    () => locked.terminate({ environment: 'local', backends }, call),
    () => locked.free({ environment: 'local' }, call),
  ]) {
    await expect(work()).rejects.toMatchObject({ code: 'LOCKED' })
  }
  expect(written).toEqual([])
  expect(await named('kept')).toBeDefined()
})

test('free closes the console’s own connections and ends the others, so that the database can be dropped', async () => {
  database = await server.freshDatabase()
  await someone('psql')
  await someone('vscode')
  await driver.run(server.target(database), { text: 'SELECT 1' })
  const { sessions } = await service().holding({ environment: 'local' }, call)
  expect(sessions.map(({ application, own }) => [own, own ? null : application]).sort()).toEqual([
    [false, 'psql'],
    [false, 'vscode'],
    [true, null],
  ])
  const results = await service().free({ environment: 'local' }, call)
  expect(results.map(({ outcome }) => outcome)).toEqual(['signalled', 'signalled', 'signalled'])
  await server.sql(`DROP DATABASE "${database}"`)
  expect(written).toMatchObject([
    {
      intent: { action: 'Free sessions', target: `${database} @ 127.0.0.1:${server.port}` },
      outcome: 'done: 3 signalled, 0 gone, 0 refused',
    },
  ])
})

test('a session that comes back at once is listed again', async () => {
  database = await server.freshDatabase()
  const pooled = await someone('pool')
  const before = await named('pool')
  const back = new Promise<void>((resolve, reject) => {
    pooled.once('end', () => void someone('pool').then(() => resolve(), reject))
  })
  const results = await service().free({ environment: 'local' }, call)
  expect(results).toMatchObject([{ pid: before.pid, outcome: 'signalled' }])
  await back
  const { sessions } = await service().holding({ environment: 'local' }, call)
  expect(sessions.map(({ application, pid }) => [application, pid === before.pid])).toEqual([['pool', false]])
})

test('work of the console itself is not broken off by free', async () => {
  database = await server.freshDatabase()
  await using connection = await driver.connect(server.target(database), 'query')
  const results = await service().free({ environment: 'local' }, call)
  expect(results).toEqual([
    { ...connection.backend, backendStart: expect.any(String), outcome: 'refused', message: expect.stringContaining('cancel that first') },
  ])
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})
