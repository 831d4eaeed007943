import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOverviewService, type ProjectFacts } from '../../main/overview/service.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver, Target } from '../../main/postgres/driver.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let plain: TestServer
let secure: TestServer
let driver: Driver
let password: string
const call = { window: 'w', signal: new AbortController().signal }
const cruddur: ProjectFacts = {
  tables: [
    { schema: 'public', name: 'users' },
    { schema: null, name: 'activities' },
  ],
  seeds: true,
}
const schema = 'CREATE TABLE users (id int); CREATE TABLE activities (id int)'

interface Way {
  readonly target: Target
  readonly environment?: Partial<Environment>
  readonly project?: ProjectFacts | Failure
}

/** The path as a table of state, sentence and mend. */
async function walk({ target, environment: more, project = cruddur }: Way) {
  const { tls } = target
  const environment: Environment = {
    id: 'local',
    label: 'local',
    colour: 'teal',
    guard: 'open',
    origin: 'settings',
    project: 'cruddur',
    connection: {
      host: target.host,
      port: target.port,
      database: target.database,
      user: target.user,
      tls: tls === null ? 'off' : tls.verify ? 'verify-full' : 'unverified',
      ...(tls ? { servername: tls.servername } : {}),
    },
    ...more,
  }
  const overview = createOverviewService({
    driver,
    environments: { get: () => environment, target: (_id, database = target.database) => ({ ...target, database }) },
    project: async () => {
      if (project instanceof Failure) throw project
      return project
    },
    cloud: {
      instanceOf: () => Promise.reject(new Error('AWS is not asked about a server of its own')),
      reachOf: () => Promise.reject(new Error('AWS is not asked about a server of its own')),
    },
    signUpsOf: () => Promise.reject(new Error('no log is asked about a server of its own')),
  })
  const { links } = await overview.path({ environment: 'local' }, call)
  expect(links.map(({ link }) => link)).toEqual(['server', 'tls', 'sign-in', 'database', 'schema', 'data'])
  return links
}
const states = (links: Awaited<ReturnType<typeof walk>>) => links.map(({ state }) => state)
const firstBroken = (links: Awaited<ReturnType<typeof walk>>) => links.find(({ state }) => state === 'broken')

beforeAll(async () => {
  ;[plain, secure] = await Promise.all([startTestServer(), startTestServer({ tls: true })])
  password = plain.password
  driver = createDriver({ password: async () => password, events: { lost() {} } })
}, 30_000)
afterAll(async () => {
  await driver?.close()
  await Promise.all([plain?.stop(), secure?.stop()])
})

test('all is well', async () => {
  const database = await plain.freshDatabase()
  await plain.sql(`${schema}; INSERT INTO users VALUES (1); INSERT INTO activities VALUES (1)`, database)
  const links = await walk({ target: plain.target(database), environment: { origin: 'embedded' } })
  expect(links.map(({ state, sentence, mend }) => ({ state, sentence, mend }))).toEqual([
    { state: 'sound', sentence: `PostgreSQL 18.4 at 127.0.0.1:${plain.port}, started by Basepair.`, mend: null },
    { state: 'sound', sentence: 'Off, on this machine.', mend: null },
    { state: 'sound', sentence: 'Signed in as postgres, a superuser.', mend: null },
    { state: 'sound', sentence: expect.stringMatching(new RegExp(`^${database}, [\\d.]+ (kB|MB)\\.$`)), mend: null },
    { state: 'sound', sentence: 'users and activities are there.', mend: null },
    { state: 'sound', sentence: 'users and activities hold rows.', mend: null },
  ])
})

test('verified TLS is said with its protocol and its authority', async () => {
  password = secure.password
  const links = await walk({ target: secure.target(), environment: { origin: 'practice', guard: 'guarded' } })
  password = plain.password
  expect(links[0]?.sentence).toBe(`PostgreSQL 18.4 at 127.0.0.1:${secure.port}, the practice instance.`)
  expect(links[1]).toMatchObject({
    state: 'sound',
    sentence: expect.stringMatching(
      /^TLSv1.3, verified with the trusted CAs. Root Basepair test authority to \d{4}-\d\d-\d\d, certificate to \d{4}-\d\d-\d\d.$/,
    ),
  })
})

test('nothing listens there', async () => {
  const links = await walk({ target: { ...plain.target(), port: 1 } })
  expect(states(links)).toEqual(['broken', 'waiting', 'waiting', 'waiting', 'waiting', 'waiting'])
  expect(firstBroken(links)).toMatchObject({ source: 'ECONNREFUSED', mend: 'open_settings' })
})

test('no such host', async () => {
  const links = await walk({ target: { ...plain.target(), host: 'no-such-host.invalid' } })
  expect(firstBroken(links)).toMatchObject({ link: 'server', sentence: expect.stringContaining('no-such-host.invalid') })
})

test('a host that stays silent', async () => {
  const silent: Server = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  try {
    expect(states(await walk({ target: { ...plain.target(), port } }))[0]).toBe('broken')
  } finally {
    silent.close()
  }
}, 20_000)

test('a wrong password', async () => {
  password = 'wrong'
  const links = await walk({ target: plain.target() })
  password = plain.password
  expect(states(links)).toEqual(['sound', 'sound', 'broken', 'waiting', 'waiting', 'waiting'])
  expect(firstBroken(links)).toMatchObject({ source: '28P01', mend: 'enter_password' })
})

test('no such database', async () => {
  const links = await walk({ target: plain.target('not_there') })
  expect(states(links)).toEqual(['sound', 'sound', 'sound', 'broken', 'waiting', 'waiting'])
  expect(links[0]?.sentence).toMatch(/^PostgreSQL 18/)
  expect(firstBroken(links)).toMatchObject({
    link: 'database',
    sentence: expect.stringMatching(/^There is no database not_there /),
    mend: 'create_database',
  })
})

test('a database that lets the role not in', async () => {
  const database = await plain.freshDatabase()
  await plain.sql(`CREATE ROLE outsider LOGIN PASSWORD '${plain.password}'; REVOKE CONNECT ON DATABASE "${database}" FROM public`)
  const links = await walk({ target: { ...plain.target(database), user: 'outsider' } })
  expect(firstBroken(links)).toMatchObject({ link: 'database', source: '42501', mend: null })
})

test('an empty database', async () => {
  const links = await walk({ target: plain.target(await plain.freshDatabase()) })
  expect(states(links)).toEqual(['sound', 'sound', 'sound', 'sound', 'broken', 'waiting'])
  expect(firstBroken(links)).toMatchObject({ sentence: 'users and activities are missing.', mend: 'load_schema', also: 'set_up' })
})

test('half a schema', async () => {
  const database = await plain.freshDatabase()
  await plain.sql('CREATE TABLE users (id int)', database)
  expect(firstBroken(await walk({ target: plain.target(database) }))).toMatchObject({
    link: 'schema',
    sentence: '1 of 2 tables: activities is missing.',
    mend: 'load_schema',
  })
})

test('a project that cannot be read', async () => {
  const project = new Failure('FILE', 'There is no schema.sql in /nowhere.', { mend: 'open_lifecycle' })
  const links = await walk({ target: plain.target(), project })
  expect(firstBroken(links)).toMatchObject({ link: 'schema', sentence: 'There is no schema.sql in /nowhere.', mend: 'open_lifecycle' })
})

test('empty tables', async () => {
  const database = await plain.freshDatabase()
  await plain.sql(schema, database)
  expect(firstBroken(await walk({ target: plain.target(database) }))).toMatchObject({
    link: 'data',
    sentence: 'users and activities are empty.',
    mend: 'seed',
  })
  expect(firstBroken(await walk({ target: plain.target(database), project: { ...cruddur, seeds: false } }))).toMatchObject({ mend: null })
})

test('rows in one of the tables are data', async () => {
  const database = await plain.freshDatabase()
  await plain.sql(`${schema}; INSERT INTO users VALUES (1)`, database)
  const links = await walk({ target: plain.target(database) })
  expect(links.at(-1)).toMatchObject({ state: 'sound', sentence: 'users holds rows; activities is empty.' })
})

test('tables that the role may not read', async () => {
  const database = await plain.freshDatabase()
  await plain.sql(`${schema}; CREATE ROLE reader LOGIN PASSWORD '${plain.password}'`, database)
  const links = await walk({ target: { ...plain.target(database), user: 'reader' } })
  expect(firstBroken(links)).toMatchObject({
    link: 'data',
    sentence: 'reader may not read users and activities: grant SELECT on them.',
  })
})

test('names that need quotes', async () => {
  const database = await plain.freshDatabase()
  await plain.sql('CREATE SCHEMA "My ""s"; CREATE TABLE "My ""s"."a;b" (); INSERT INTO "My ""s"."a;b" DEFAULT VALUES', database)
  const project = { tables: [{ schema: 'My "s', name: 'a;b' }], seeds: true }
  expect(states(await walk({ target: plain.target(database), project }))).not.toContain('broken')
})

test('a server that refuses TLS', async () => {
  const tls = { ca: secure.caPem ?? null, verify: true, servername: 'localhost' }
  const links = await walk({ target: { ...plain.target(), tls } })
  expect(states(links)).toEqual(['sound', 'broken', 'waiting', 'waiting', 'waiting', 'waiting'])
  expect(firstBroken(links)).toMatchObject({ mend: 'open_settings' })
})

test('a certificate that cannot be verified', async () => {
  password = secure.password
  const target = secure.target()
  const strange = { ...target, tls: { ca: null, verify: true, servername: secure.servername ?? '' } }
  const misnamed = { ...target, tls: { ca: secure.caPem ?? null, verify: true, servername: 'someone-else.example' } }
  const links = await Promise.all([walk({ target: strange }), walk({ target: misnamed })])
  password = plain.password
  for (const each of links) expect(firstBroken(each)).toMatchObject({ link: 'tls', mend: 'open_settings' })
})
