import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createMemorySecrets } from '../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../main/environments/service.ts'
import { openSettingsFile } from '../../main/environments/settings-file.ts'
import type { Source } from '../../main/environments/sources.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Draft, EnvironmentState } from '../../preload/contract/environments.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
let folder: string
let opened: Awaited<ReturnType<typeof open>>
const controller = new AbortController()
const call = { window: 'one', signal: controller.signal }

async function open() {
  const { host, port, user, password } = server
  const source: Source = {
    environment: {
      id: 'local',
      label: 'local',
      colour: 'teal',
      guard: 'open',
      connection: { host, port, database: 'postgres', user, tls: 'off' },
      origin: 'embedded',
      project: 'cruddur',
    },
    password,
    caPem: null,
  }
  const projects = new Map<string, string>()
  const environments = createEnvironmentsService({
    variables: [],
    embedded: [source],
    settings: await openSettingsFile(join(folder, 'settings.json')),
    secrets: createMemorySecrets(),
    projects: { get: (id) => projects.get(id), set: async (id, project) => void projects.set(id, project) },
    allowUnlock: true,
  })
  const driver = createDriver({
    password: environments.passwordOf,
    events: { lost: (id, failure) => environments.connectionLost(id, failure) },
  })
  await environments.start(driver)
  const close = async () => {
    environments.close()
    await driver.close()
  }
  return { ...environments, driver, close }
}

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-environments-'))
  opened = await open()
})
afterEach(async () => {
  await opened.close()
  await rm(folder, { recursive: true })
})

/** Waits until the stream says what is asked for. */
async function until(wanted: (states: EnvironmentState[]) => boolean): Promise<EnvironmentState[]> {
  for await (const states of opened.service.watch(undefined, call)) if (wanted(states)) return states
  throw new Error('the stream ended')
}
const stateOf = (states: EnvironmentState[], id = 'local') => states.find(({ environment }) => environment.id === id)?.connection

const draft = (change: Partial<Draft> = {}): Draft => ({
  id: 'staging',
  label: 'Staging',
  colour: 'orange',
  guard: 'guarded',
  project: 'cruddur',
  connection: { host: server.host, port: server.port, database: 'postgres', user: server.user, tls: 'off' },
  password: server.password,
  ...change,
})

test('says who answered, and that a lost server came back by itself', async () => {
  const connected = stateOf(await until((states) => stateOf(states)?.state === 'connected'))
  expect(connected).toMatchObject({
    identity: {
      database: 'postgres',
      user: server.user,
      superuser: true,
      tls: null,
      protected: false,
      version: expect.stringMatching(/^18\./),
    },
  })
  const [lost] = await Promise.all([until((states) => stateOf(states)?.state === 'lost'), server.restart()])
  expect(stateOf(lost)).toMatchObject({ problem: { message: expect.any(String) } })
  await until((states) => stateOf(states)?.state === 'connected')
})

test('the console does not hold the database open while it looks at it, and sees it go', async () => {
  const database = await server.freshDatabase()
  const connection = { host: server.host, port: server.port, database, user: server.user, tls: 'off' } as const
  await opened.service.save(draft({ connection }), call)
  await until((states) => stateOf(states, 'staging')?.state === 'connected')
  const held = () => server.sql(`SELECT FROM pg_stat_activity WHERE datname = '${database}'`)
  await expect.poll(held, { timeout: 30_000, interval: 500 }).toEqual([])
  expect(opened.environments.identity('staging')?.database).toBe(database)
  await server.sql(`DROP DATABASE ${database}`)
  const gone = stateOf(await until((states) => stateOf(states, 'staging')?.state !== 'connected'), 'staging')
  expect(gone).toMatchObject({ problem: { code: 'NO_DATABASE' } })
})

test('an environment is tried, kept, and removed; its password is in no file', async () => {
  const identity = await opened.service.test(draft(), call)
  expect(identity.user).toBe(server.user)
  await expect(opened.service.test(draft({ password: 'wrong' }), call)).rejects.toMatchObject({ code: 'SIGN_IN' })
  await opened.service.save(draft(), call)
  await until((states) => stateOf(states, 'staging')?.state === 'connected')
  expect(await readFile(join(folder, 'settings.json'), 'utf8')).not.toContain(server.password)
  await opened.service.remove({ environment: 'staging' }, call)
  await until((states) => states.length === 1)
})

test('an environment without its password asks for it', async () => {
  const { password: _, ...without } = draft()
  await opened.service.save(without, call)
  const failed = stateOf(await until((states) => stateOf(states, 'staging')?.state === 'failed'), 'staging')
  expect(failed).toMatchObject({ problem: { code: 'SIGN_IN' } })
  await opened.service.setPassword({ environment: 'staging', password: server.password })
  await until((states) => stateOf(states, 'staging')?.state === 'connected')
})

test('a kept password is for the server that it was given for, and no other gets it', async () => {
  await opened.service.save(draft(), call)
  await until((states) => stateOf(states, 'staging')?.state === 'connected')
  const { password: _, ...same } = draft()
  expect((await opened.service.test(same, call)).user).toBe(server.user)
  const other = await startTestServer()
  onTestFinished(() => other.stop())
  const moved = { ...same, connection: { host: other.host, port: other.port, database: 'postgres', user: other.user, tls: 'off' } as const }
  const refused = { code: 'SIGN_IN', message: expect.stringContaining('password') }
  await expect(opened.service.test(moved, call)).rejects.toMatchObject(refused)
  await opened.service.save(moved, call)
  const failed = stateOf(await until((states) => stateOf(states, 'staging')?.state === 'failed'), 'staging')
  expect(failed).toMatchObject({ problem: refused })
})

test('a URL becomes fields, and its password a secret', async () => {
  const { connection: _, password: __, ...rest } = draft()
  const url = `postgres://${server.user}:${encodeURIComponent(server.password)}@${server.host}:${server.port}/postgres`
  const saved = await opened.service.save({ ...rest, url }, call)
  expect(saved.connection).toMatchObject({ host: server.host, port: server.port, database: 'postgres' })
  await until((states) => stateOf(states, 'staging')?.state === 'connected')
})

test('a settings file that does not parse is named and never written over', async () => {
  const path = join(folder, 'settings.json')
  await writeFile(path, '{ "version": 1,\n "environments": }')
  await opened.reload()
  await expect(opened.service.save(draft(), call)).rejects.toMatchObject({ code: 'FILE', message: expect.stringContaining('line 2') })
  expect(await readFile(path, 'utf8')).toBe('{ "version": 1,\n "environments": }')
})

test('a guarded environment is locked for each window until that window unlocks it', async () => {
  await opened.service.save(draft(), call)
  const other = { window: 'two' }
  expect(() => opened.environments.allowChange(call, 'staging')).toThrow(/Staging is read-only/)
  await opened.service.unlock({ environment: 'staging' }, call)
  opened.environments.allowChange(call, 'staging')
  expect(() => opened.environments.allowChange(other, 'staging')).toThrow(/read-only/)
})
