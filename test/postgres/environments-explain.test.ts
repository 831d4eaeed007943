import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import type { Cloud } from '../../main/environments/explain.ts'
import { explainingDriver } from '../../main/environments/explaining-driver.ts'
import { createMemorySecrets } from '../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../main/environments/service.ts'
import { openSettingsFile } from '../../main/environments/settings-file.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { instanceRow, reach } from '../support/rds.ts'
import { failureOf } from './driver-fixture.ts'
import { startRogueServer } from './rogue-server.ts'

const call = { window: 'one', signal: new AbortController().signal }
const onRds = { profile: 'work', region: 'ca-central-1', instance: 'cruddur-db-instance', signIn: 'password' } as const

interface Said extends Partial<Pick<Cloud, 'instanceOf' | 'reachOf'>> {
  readonly rds?: null
  /** What the server says to the first bytes that it hears, and nothing more. */
  readonly first?: Buffer
}

/** An environment on RDS whose server never answers, and what the features see of it. It ends with its test. */
async function open({ onTestFinished }: TestContext, { rds, first, ...said }: Said) {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-explain-'))
  const silent = await startRogueServer((_chunk, number) => (number === 0 ? (first ?? null) : null))
  const environments = createEnvironmentsService({
    variables: [],
    embedded: [],
    settings: await openSettingsFile(join(folder, 'settings.json')),
    secrets: createMemorySecrets(),
    projects: { get: () => undefined, set: async () => {} },
    allowUnlock: true,
  })
  const driver = createDriver({ password: environments.passwordOf, events: { lost() {} } })
  onTestFinished(async () => {
    environments.close()
    await driver.close()
    await silent[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })
  await environments.start(driver, {
    databaseToken: async () => 'token',
    instanceOf: async () => instanceRow(),
    reachOf: async () => reach(),
    ...said,
  })
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

// Each waits for a silence of its own.
describe.concurrent('a connection that fails', () => {
  test('a stopped instance is the reason, in the strip and on every screen', async (context) => {
    const { problem, ask } = await open(context, { instanceOf: async () => instanceRow({ status: 'stopped' }) })
    const wanted = { code: 'UNREACHABLE', message: 'cruddur-db-instance is stopped.', data: { mend: 'start_instance' } }
    expect(await problem(({ message }) => message.includes('stopped'))).toMatchObject(wanted)
    expect(await ask()).toMatchObject(wanted)
  })

  test('a rule that does not let this machine in is the reason', async (context) => {
    const { problem, ask } = await open(context, { reachOf: async () => reach({ allowed: false, rules: [] }) })
    const wanted = {
      code: 'UNREACHABLE',
      message: expect.stringContaining('no rule of sg-1 lets 203.0.113.7 in.'),
      data: { mend: 'allow_address' },
    }
    expect(await problem(({ message }) => message.includes('no rule'))).toMatchObject(wanted)
    expect(await ask()).toMatchObject(wanted)
  })

  const expired = () => Promise.reject(new Failure('CREDENTIALS', 'The credentials of work have expired.'))
  const stays = { code: 'UNREACHABLE', message: expect.stringMatching(/did not answer as Postgres does/) }

  test('where AWS cannot be asked, what the socket said stays', async (context) => {
    const { ask } = await open(context, { instanceOf: expired, reachOf: expired })
    expect(await ask()).toMatchObject(stays)
  })

  test('where it stands on no instance, what the socket said stays', async (context) => {
    const { ask } = await open(context, { instanceOf: expired, reachOf: expired, rds: null })
    expect(await ask()).toMatchObject(stays)
  })

  test('another failure is not explained away', async (context) => {
    const { ask } = await open(context, { instanceOf: async () => instanceRow({ status: 'stopped' }), first: Buffer.from('N') })
    expect(await ask()).toMatchObject({ code: 'TLS', message: expect.stringContaining('offers no TLS') })
  })
})
