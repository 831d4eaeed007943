import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Cloud } from '../../main/environments/explain.ts'
import { createMemorySecrets } from '../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../main/environments/service.ts'
import { openSettingsFile } from '../../main/environments/settings-file.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Connection, Draft, EnvironmentState } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'
import { instanceRow, reach } from '../support/rds.ts'
import { failureOf } from './driver-fixture.ts'

let server: TestServer
let folder: string
let opened: Awaited<ReturnType<typeof open>>
const call = { window: 'one', signal: new AbortController().signal }
const endpoint = 'cruddur-db-instance.c9akciq32rkq.ca-central-1.rds.amazonaws.com'

/** Environments whose tokens are made here: the server takes the one that is its password. */
async function open(cloud: Partial<Cloud> = {}) {
  const asked: {
    readonly profile: string
    readonly region: string
    readonly host: string
    readonly port: number
    readonly user: string
  }[] = []
  const environments = createEnvironmentsService({
    variables: [],
    embedded: [],
    settings: await openSettingsFile(join(folder, 'settings.json')),
    secrets: createMemorySecrets(),
    projects: { get: () => undefined, set: async () => {} },
    allowUnlock: true,
  })
  const driver = createDriver({
    password: environments.passwordOf,
    events: { lost: (id, failure) => environments.connectionLost(id, failure) },
  })
  await environments.start(driver, {
    databaseToken: async (place, at) => {
      asked.push({ ...place, ...at })
      return server.password
    },
    instanceOf: async () => instanceRow({ endpoint: { host: endpoint, port: 5432 } }),
    reachOf: async () => reach(),
    ...cloud,
  })
  const close = async () => {
    environments.close()
    await driver.close()
  }
  return { ...environments, driver, asked, close }
}

beforeAll(async () => {
  server = await startTestServer({ tls: true })
})
afterAll(() => server.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-sign-in-'))
  await writeFile(join(folder, 'ca.pem'), server.caPem ?? '')
  opened = await open()
})
afterEach(async () => {
  await opened.close()
  await rm(folder, { recursive: true })
})

const connection = (change: Partial<Connection> = {}): Connection => ({
  host: server.host,
  port: server.port,
  database: 'postgres',
  user: server.user,
  tls: 'verify-full',
  servername: server.servername ?? '',
  caFile: join(folder, 'ca.pem'),
  ...change,
})

const draft = (change: Partial<Connection> = {}, signIn: 'password' | 'iam' = 'iam'): Draft => ({
  id: 'prod',
  label: 'prod',
  colour: 'red',
  guard: 'guarded',
  project: 'cruddur',
  connection: connection(change),
  rds: { profile: 'work', region: 'ca-central-1', instance: 'cruddur-db-instance', signIn },
})

async function until(wanted: (state: EnvironmentState) => boolean): Promise<EnvironmentState['connection']> {
  for await (const states of opened.service.watch(undefined, call)) {
    const found = states.find((state) => state.environment.id === 'prod' && wanted(state))
    if (found) return found.connection
  }
  throw new Error('the stream ended')
}

const one = { text: 'SELECT 1' }

test('a token is made for each physical connection, for the endpoint as AWS says it', async () => {
  await opened.service.save(draft(), call)
  const connected = await until(({ connection }) => connection.state === 'connected')
  expect(connected).toMatchObject({
    identity: {
      tls: { verified: true, root: { name: 'Basepair test authority', validTill: expect.any(String) }, validTill: expect.any(String) },
    },
  })
  const before = opened.asked.length
  const target = opened.environments.target('prod')
  for (const _ of [1, 2, 3]) await (await opened.driver.connect(target, 'query')).close()
  expect(opened.asked).toHaveLength(before + 3)
  expect(new Set(opened.asked.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify({ profile: 'work', region: 'ca-central-1', host: endpoint, port: 5432, user: server.user })]),
  )
  expect((await opened.service.test(draft(), call)).user).toBe(server.user)
})

test('where AWS says nothing of the endpoint, the name in the certificate is signed for', async () => {
  await opened.close()
  opened = await open({
    instanceOf: async () => {
      throw new Failure('CREDENTIALS', 'The credentials of work have expired.')
    },
  })
  await opened.service.test(draft(), call)
  expect(opened.asked).toMatchObject([{ host: server.servername, port: server.port }])
})

test.each(['unverified', 'off'] as const)('no token is made for a server with TLS %s', async (tls) => {
  const refused = await failureOf(opened.service.test(draft({ tls }), call))
  expect(refused).toMatchObject({ code: 'TLS', data: { mend: 'open_settings' } })
  // A server that insists on TLS refuses plain text before anybody is asked for a password.
  if (tls === 'unverified') expect(refused.message).toMatch(/verified server only/)
  expect(opened.asked).toEqual([])
})

test('credentials that have expired are told as AWS tells them, and come back without a restart', async () => {
  let expired = true
  await opened.close()
  opened = await open({
    databaseToken: async () => {
      if (expired) throw new Failure('CREDENTIALS', 'The credentials of work have expired.', { profile: 'work', command: 'aws sso login' })
      return server.password
    },
  })
  await opened.service.save(draft(), call)
  expect(await until(({ connection }) => connection.state === 'failed')).toMatchObject({
    problem: { code: 'CREDENTIALS', message: 'The credentials of work have expired.', data: { command: 'aws sso login' } },
  })
  expired = false
  await opened.service.reconnect({ environment: 'prod' })
  await until(({ connection }) => connection.state === 'connected')
})

test('a password that was rotated in the middle costs no action more than one retry', async () => {
  await server.sql(`CREATE ROLE rotating LOGIN PASSWORD 'the-first'`)
  await opened.service.save({ ...draft({ user: 'rotating' }, 'password'), password: 'the-first' }, call)
  await until(({ connection }) => connection.state === 'connected')
  let failedTwice = 0
  let retried = 0
  let stop = false
  const act = async () => {
    const target = opened.environments.target('prod')
    const work = async () => {
      await using connection = await opened.driver.connect(target, 'query')
      await connection.run(one)
      await opened.driver.run(target, one)
    }
    while (!stop) {
      try {
        await work()
      } catch {
        retried += 1
        await rotated.promise
        await work().catch(() => {
          failedTwice += 1
        })
      }
    }
  }
  const rotated = Promise.withResolvers<void>()
  const users = [act(), act(), act()]
  await server.sql(`ALTER ROLE rotating PASSWORD 'the-second'`)
  await expect.poll(() => retried).toBeGreaterThan(0)
  await opened.service.setPassword({ environment: 'prod', password: 'the-second' })
  rotated.resolve()
  for (const _ of Array.from({ length: 20 })) await opened.driver.run(opened.environments.target('prod'), one)
  stop = true
  await Promise.all(users)
  expect(failedTwice).toBe(0)
})
