import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cloud } from '../../main/environments/explain.ts'
import { explainingDriver } from '../../main/environments/explaining-driver.ts'
import { createMemorySecrets } from '../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../main/environments/service.ts'
import { openSettingsFile } from '../../main/environments/settings-file.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Draft, EnvironmentState } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { instanceRow, reach } from '../support/rds.ts'
import { failureOf } from './driver-fixture.ts'
import { type RogueServer, startRogueServer } from './rogue-server.ts'

let folder: string
let silent: RogueServer
const closers: (() => Promise<void>)[] = []
const call = { window: 'one', signal: new AbortController().signal }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-explain-'))
  silent = await startRogueServer(() => null)
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await silent[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** An environment on RDS whose server never answers, and what the features see of it. */
async function open(said: Partial<Pick<Cloud, 'instanceOf' | 'reachOf'>>, rds: Draft['rds'] | null = undefined) {
  const environments = createEnvironmentsService({
    variables: [],
    embedded: [],
    settings: await openSettingsFile(join(folder, 'settings.json')),
    secrets: createMemorySecrets(),
    projects: { get: () => undefined, set: async () => {} },
    allowUnlock: true,
  })
  const driver = createDriver({ password: environments.passwordOf, events: { lost() {} } })
  closers.push(async () => {
    environments.close()
    await driver.close()
  })
  await environments.start(driver, {
    databaseToken: async () => 'token',
    instanceOf: async () => instanceRow(),
    reachOf: async () => reach(),
    ...said,
  })
  const onRds = { profile: 'work', region: 'ca-central-1', instance: 'cruddur-db-instance', signIn: 'password' } as const
  await environments.service.save(
    {
      id: 'prod',
      label: 'prod',
      colour: 'red',
      guard: 'guarded',
      project: 'cruddur',
      connection: { host: '127.0.0.1', port: silent.port, database: 'cruddur', user: 'root', tls: 'verify-full' },
      password: 'secret',
      ...(rds === null ? {} : { rds: onRds }),
    },
    call,
  )
  const problem = async (holds: (found: Failure | Problem) => boolean) => {
    for await (const [state] of environments.service.watch(undefined, call)) {
      const found = state?.connection
      if (found?.state === 'failed' && holds(found.problem)) return found.problem
    }
    throw new Error('the stream ended')
  }
  const explaining = explainingDriver(driver, environments.explain)
  return { problem, ask: () => failureOf(explaining.run(environments.environments.target('prod'), { text: 'SELECT 1' })) }
}
type Problem = Extract<EnvironmentState['connection'], { state: 'failed' }>['problem']

test('a stopped instance is the reason, in the strip and on every screen', async () => {
  const { problem, ask } = await open({ instanceOf: async () => instanceRow({ status: 'stopped' }) })
  const wanted = { code: 'UNREACHABLE', message: 'cruddur-db-instance is stopped.', data: { mend: 'start_instance' } }
  expect(await problem(({ message }) => message.includes('stopped'))).toMatchObject(wanted)
  expect(await ask()).toMatchObject(wanted)
}, 30_000)

test('a rule that does not let this machine in is the reason', async () => {
  const { problem, ask } = await open({ reachOf: async () => reach({ allowed: false, rules: [] }) })
  const wanted = {
    code: 'UNREACHABLE',
    message: expect.stringContaining('no rule of sg-1 lets 203.0.113.7 in.'),
    data: { mend: 'allow_address' },
  }
  expect(await problem(({ message }) => message.includes('no rule'))).toMatchObject(wanted)
  expect(await ask()).toMatchObject(wanted)
}, 30_000)

test.each([
  ['where AWS cannot be asked', undefined],
  ['where it stands on no instance', null],
] as const)(
  '%s, what the socket said stays',
  async (_name, rds) => {
    const expired = () => Promise.reject(new Failure('CREDENTIALS', 'The credentials of work have expired.'))
    const { ask } = await open({ instanceOf: expired, reachOf: expired }, rds)
    expect(await ask()).toMatchObject({ code: 'UNREACHABLE', message: expect.stringMatching(/did not answer as Postgres does/) })
  },
  30_000,
)

test('another failure is not explained away', async () => {
  await silent[Symbol.asyncDispose]()
  silent = await startRogueServer((_chunk, number) => (number === 0 ? Buffer.from('N') : null))
  const { ask } = await open({ instanceOf: async () => instanceRow({ status: 'stopped' }) })
  expect(await ask()).toMatchObject({ code: 'TLS', message: expect.stringContaining('offers no TLS') })
})
