import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOverviewService } from '../../main/overview/service.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver, Target } from '../../main/postgres/driver.ts'
import type { Reach } from '../../preload/contract/access.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import type { SignUps } from '../../preload/contract/logs.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'
import { instanceRow, reach } from '../support/rds.ts'
import { signUp, signUps } from '../support/sign-ups.ts'
import { type RogueServer, startRogueServer } from './rogue-server.ts'

let server: TestServer
let silent: RogueServer
let driver: Driver
const call = { window: 'w', signal: new AbortController().signal }
const order = ['instance', 'network', 'tls', 'sign-in', 'database', 'schema', 'data', 'sign-ups']

beforeAll(async () => {
  server = await startTestServer({ tls: true })
  silent = await startRogueServer(() => null)
  driver = createDriver({ password: async () => server.password, events: { lost() {} } })
})
afterAll(async () => {
  await driver.close()
  await silent[Symbol.asyncDispose]()
  await server.stop()
})

type Answer<T> = T | Failure | 'never'

async function walk(
  target: Target | Failure,
  instance: Answer<InstanceRow | null>,
  way: Answer<Reach>,
  signUps: Answer<SignUps | null> = new Failure('INTERNAL', 'Nobody asks for the log of a path that is broken before.'),
) {
  const place = target instanceof Failure ? server.target() : target
  const environment: Environment = {
    id: 'prod',
    label: 'prod',
    colour: 'red',
    guard: 'guarded',
    origin: 'settings',
    project: 'cruddur',
    connection: { host: place.host, port: place.port, database: place.database, user: place.user, tls: 'verify-full' },
    rds: { profile: 'work', region: 'ca-central-1', instance: 'cruddur-db-instance', signIn: 'password' },
  }
  const say = async <T>(answer: Answer<T>, signal: AbortSignal): Promise<T> => {
    if (answer instanceof Failure) throw answer
    if (answer !== 'never') return answer
    return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Failure('CANCELLED', 'Cancelled.'))))
  }
  const overview = createOverviewService({
    driver,
    environments: {
      get: () => environment,
      target: (_id, database = place.database) => {
        if (target instanceof Failure) throw target
        return { ...target, database }
      },
    },
    project: async () => ({ tables: [{ schema: 'public', name: 'users' }], seeds: true }),
    cloud: { instanceOf: (_environment, signal) => say(instance, signal), reachOf: (_environment, signal) => say(way, signal) },
    signUpsOf: (_environment, signal) => say(signUps, signal),
  })
  const { links } = await overview.path({ environment: 'prod' }, call)
  expect(links.map(({ link }) => link)).toEqual(order)
  return links
}

const nowhere = (): Target => ({ ...server.target(), port: silent.port })
const states = (links: Awaited<ReturnType<typeof walk>>) => links.map(({ state }) => state)
const rest = (count: number) => Array.from({ length: count }, () => 'waiting')

// Each waits for a silence of its own.
describe.concurrent('the way to an instance', () => {
  test('all is well up to an empty database, which can be set up in one click', async () => {
    const links = await walk(server.target(), instanceRow(), reach())
    expect(states(links)).toEqual(['sound', 'sound', 'sound', 'sound', 'sound', 'broken', ...rest(2)])
    expect(links[0]?.sentence).toBe('cruddur-db-instance is available, db.t3.micro, in ca-central-1.')
    expect(links[1]?.sentence).toBe(`127.0.0.1:${server.port} answers. sgr-1 lets 203.0.113.7 in.`)
    expect(links[2]?.sentence).toMatch(/^TLSv1.3, verified .* Root Basepair test authority to /)
    expect(links[5]).toMatchObject({ sentence: 'users is missing.', mend: 'load_schema', also: 'set_up' })
  })

  test('a stopped instance is told with the time at which AWS starts it, without waiting for the silence', async () => {
    const links = await walk(nowhere(), instanceRow({ status: 'stopped', automaticRestartAt: '2026-11-28T12:05:00.000Z' }), 'never')
    expect(states(links)).toEqual(['broken', ...rest(7)])
    expect(links[0]).toMatchObject({
      sentence: 'cruddur-db-instance is stopped. AWS starts it by itself on 28 Nov 2026, 12:05 UTC.',
      mend: 'start_instance',
    })
  })

  test('a stopped instance that may not be started says why', async () => {
    const start = { possible: false, reason: 'It is a member of the cluster aurora: start the cluster.' } as const
    const links = await walk(nowhere(), instanceRow({ status: 'stopped', start }), reach())
    expect(links[0]).toMatchObject({ sentence: expect.stringContaining(start.reason), mend: 'open_instances' })
  })

  test.each(['starting', 'stopping', 'creating', 'rebooting', 'upgrading', 'maintenance', 'renaming', 'deleting'])(
    '%s passes by itself: look again',
    async (status) => {
      const links = await walk(nowhere(), instanceRow({ status }), reach())
      expect(states(links)).toEqual(['changing', ...rest(7)])
      expect(links[0]).toMatchObject({
        sentence: expect.stringMatching(new RegExp(`^cruddur-db-instance is ${status}\\. .+\\.$`)),
        mend: 'look_again',
      })
    },
  )

  test('what is awaited is said in the words of the change under way', async () => {
    const change = {
      action: 'start',
      requestedAt: '2026-11-21T12:00:00.000Z',
      by: 'user',
      sentence: 'Starting, asked for at 12:00.',
    } as const
    expect((await walk(nowhere(), instanceRow({ status: 'starting', change }), reach()))[0]?.sentence).toBe('Starting, asked for at 12:00.')
  })

  test.each(['storage-full', 'failed', 'incompatible-network', 'inaccessible-encryption-credentials'])('%s is trouble', async (status) => {
    const links = await walk(nowhere(), instanceRow({ status }), reach())
    expect(links[0]).toMatchObject({ state: 'broken', source: status, mend: 'open_instances' })
  })

  test('a database that answers is sound, whatever AWS says or does not say', async () => {
    for (const instance of [
      instanceRow({ status: 'stopped' }),
      new Failure('CREDENTIALS', 'The credentials of work have expired.'),
      null,
      'never',
    ] as const) {
      const links = await walk(server.target(), instance, new Failure('FORBIDDEN', 'work may not read the rules.'))
      expect(states(links)).toEqual(['unknown', 'sound', 'sound', 'sound', 'sound', 'broken', ...rest(2)])
      expect(links[1]?.sentence).toBe(`127.0.0.1:${server.port} answers.`)
    }
  })

  test('credentials that have expired are told with what mends them; the rest is tried all the same', async () => {
    const expired = new Failure('CREDENTIALS', 'The credentials of work have expired. Sign in again.', {
      profile: 'work',
      command: 'aws sso login --profile work',
    })
    const links = await walk(server.target(), expired, expired)
    expect(links[0]).toMatchObject({
      state: 'unknown',
      sentence: expired.message,
      mend: 'look_again',
      command: 'aws sso login --profile work',
    })
    const cut = await walk(nowhere(), expired, expired)
    expect(states(cut)).toEqual(['unknown', 'broken', ...rest(6)])
    expect(cut[1]?.sentence).toMatch(/does not answer, and AWS cannot be asked why: The credentials of work have expired/)
  })

  test('an instance that is not there any more', async () => {
    const links = await walk(nowhere(), new Failure('GONE', 'There is none.'), reach())
    expect(links[0]).toMatchObject({
      state: 'broken',
      sentence: 'cruddur-db-instance in ca-central-1 is not there, says AWS. Check profile, region and name.',
      mend: 'open_settings',
    })
  })

  test('no rule lets this machine in: that is told without waiting for the silence', async () => {
    const links = await walk(nowhere(), instanceRow(), reach({ allowed: false, rules: [] }))
    expect(states(links)).toEqual(['sound', 'broken', ...rest(6)])
    expect(links[1]).toMatchObject({
      sentence: `127.0.0.1:${silent.port} does not answer: no rule of sg-1 lets 203.0.113.7 in.`,
      mend: 'allow_address',
    })
  })

  test('silence that no rule explains', async () => {
    const hidden = reach({ instance: { key: instanceRow().key, port: 5432, publiclyAccessible: false } })
    const [inside, routes, unknown] = await Promise.all([
      walk(nowhere(), instanceRow(), hidden),
      walk(nowhere(), instanceRow(), reach()),
      walk(nowhere(), instanceRow(), reach({ allowed: null, problem: { code: 'THROTTLED', message: 'AWS asks to call less often.' } })),
    ])
    expect(inside[1]).toMatchObject({ sentence: expect.stringContaining('is not publicly accessible'), mend: 'open_instances' })
    expect(routes[1]).toMatchObject({
      sentence: expect.stringMatching(/although a rule lets 203\.0\.113\.7 in\..* VPN/),
      mend: 'look_again',
    })
    expect(unknown[1]).toMatchObject({ sentence: expect.stringContaining('AWS asks to call less often.'), mend: 'open_access' })
  })

  test('a name without an address and a refused port have their own sentences, with the endpoint that AWS knows', async () => {
    const endpoint = { host: 'cruddur.example', port: 5433 }
    const [name, port] = await Promise.all([
      walk({ ...server.target(), host: 'gone.invalid' }, instanceRow({ endpoint }), reach()),
      walk({ ...server.target(), port: 1 }, instanceRow({ endpoint }), reach()),
    ])
    expect(name[1]).toMatchObject({
      sentence: expect.stringMatching(/^No address is known for gone\.invalid\..* AWS says that the endpoint is cruddur\.example:5433\.$/),
      source: 'ENOTFOUND',
      mend: 'open_settings',
    })
    expect(port[1]).toMatchObject({
      sentence: 'Nothing listens on 127.0.0.1:1. AWS says that the endpoint is cruddur.example:5433. Check host and port in the settings.',
      source: 'ECONNREFUSED',
    })
  })

  test('a CA file that is of no use breaks TLS, not the network', async () => {
    const file = new Failure('FILE', 'The CA file /ca.pem holds no PEM certificate.', { mend: 'open_settings' })
    const links = await walk(file, instanceRow(), reach())
    expect(states(links)).toEqual(['sound', 'unknown', 'broken', ...rest(5)])
    expect(links[2]).toMatchObject({ sentence: file.message, mend: 'open_settings' })
  })
})

describe.concurrent('the sign-ups behind the data', () => {
  const withTable = async (more = '') => {
    const database = await server.freshDatabase()
    await server.sql(`CREATE TABLE users (id int); ${more}`, database)
    return server.target(database)
  }

  test('are the last link, asked for empty tables too, but not behind a schema that is missing', async () => {
    const missing = signUps({ signUps: [signUp({ row: 'missing' })] })
    const [full, empty, none] = await Promise.all([
      walk(await withTable('INSERT INTO users VALUES (1)'), instanceRow(), reach(), signUps({ signUps: [signUp()] })),
      walk(await withTable(), instanceRow(), reach(), missing),
      walk(server.target(), instanceRow(), reach(), missing),
    ])
    expect(states(full).slice(-2)).toEqual(['sound', 'sound'])
    expect(states(empty).slice(-2)).toEqual(['broken', 'broken'])
    expect(states(none).slice(-3)).toEqual(['broken', ...rest(2)])
  })

  test('that AWS refuses to tell are unknown, and the rest of the path stays', async () => {
    const expired = new Failure('CREDENTIALS', 'The credentials of work have expired.', { command: 'aws sso login --profile work' })
    const links = await walk(await withTable('INSERT INTO users VALUES (1)'), instanceRow(), reach(), expired)
    expect(states(links)).toEqual(['sound', 'sound', 'sound', 'sound', 'sound', 'sound', 'sound', 'unknown'])
    expect(links.at(-1)).toMatchObject({ sentence: expired.message, mend: 'look_again', command: 'aws sso login --profile work' })
  })

  test('that nobody tells of are waited for a few seconds only', async () => {
    const links = await walk(await withTable('INSERT INTO users VALUES (1)'), instanceRow(), reach(), 'never')
    expect(links.at(-1)).toMatchObject({ state: 'unknown', sentence: 'The log of the sign-ups has not been read yet.' })
  })
})
