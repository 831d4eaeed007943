import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import type { Clock } from '../../../main/data/clock.ts'
import type { Environments } from '../../../main/environments/environments.ts'
import { createInstancesService, type InstancesDeps } from '../../../main/instances/service.ts'
import type { Environment } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { Fleet, InstanceRow } from '../../../preload/contract/instances.ts'
import { createLog } from './cloud-fixture.ts'

export const environment = (id: string, more: Partial<Environment> = {}): Environment => ({
  id,
  label: id,
  colour: 'teal',
  guard: 'open',
  connection: { host: 'localhost', port: 5432, database: 'shop', user: 'shop', tls: 'off' },
  origin: 'settings',
  project: 'cruddur',
  ...more,
})

export const prodOn = (instance: string, more: Partial<Environment> = {}): Environment =>
  environment('prod', {
    guard: 'guarded',
    rds: { profile: 'default', region: 'ca-central-1', instance, signIn: 'password' },
    ...more,
  })

export const call = (signal = new AbortController().signal) => ({ window: 'one', signal })

export interface ConsoleOptions {
  readonly aws: Aws
  readonly clock?: Clock
  readonly environments?: readonly Environment[]
  readonly stateFolder?: string
  readonly deps?: Partial<InstancesDeps>
}

/** The instances as the console composes them, with environments whose guard the test sets. */
export async function openInstances({ aws, clock, environments: given = [environment('local')], stateFolder, deps = {} }: ConsoleOptions) {
  const folder = stateFolder ?? (await mkdtemp(join(tmpdir(), 'basepair-instances-')))
  const unlocked = new Set<string>()
  const rechecked: string[] = []
  const lines: string[] = []
  const log = createLog()
  const get = (id: string) => {
    const found = given.find((one) => one.id === id)
    if (found === undefined) throw new Failure('GONE', `There is no environment ${id}.`)
    return found
  }
  const environments: Environments = {
    get,
    all: () => given,
    target: () => {
      throw new Failure('GONE', 'Nothing is connected here.')
    },
    identity: () => null,
    isLocked: (_caller, id) => get(id).guard === 'guarded' && !unlocked.has(id),
    allowChange(caller, id) {
      if (environments.isLocked(caller, id)) throw new Failure('LOCKED', `${id} is read-only.`)
    },
    recheck: (id) => void rechecked.push(id),
    setProject: async () => {},
  }
  const opened = createInstancesService({
    aws,
    environments,
    recorder: log.recorder,
    stateFolder: folder,
    log: (line) => void lines.push(line),
    saveEnvironment: async () => get('local'),
    allowUnlock: true,
    ...(clock && { clock }),
    ...deps,
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await opened.close()
  }
  onTestFinished(async () => {
    await close()
    await rm(folder, { recursive: true, force: true })
  })
  await opened.start()
  return {
    ...opened,
    close,
    folder,
    unlocked,
    /** The environments whose connection was looked at again. */
    rechecked,
    /** The console's own log. */
    lines,
    /** The activity log. */
    activity: log.lines,
  }
}
export type OpenedInstances = Awaited<ReturnType<typeof openInstances>>

/** What the list shows now. */
export async function fleetOf(opened: OpenedInstances): Promise<Fleet> {
  const watching = opened.service.watch({ environment: 'local' }, call())
  const { value } = await watching.next()
  await watching.return()
  if (value === undefined) throw new Error('nothing is shown')
  return value
}

export async function rowOf(opened: OpenedInstances, identifier: string): Promise<InstanceRow> {
  const row = (await fleetOf(opened)).instances.find(({ key }) => key.identifier === identifier)
  if (row === undefined) throw new Error(`${identifier} is not shown`)
  return row
}

/** Waits until the list shows what is asked for. */
export async function shows(opened: OpenedInstances, wanted: (fleet: Fleet) => boolean): Promise<Fleet> {
  const ending = new AbortController()
  try {
    for await (const fleet of opened.service.watch({ environment: 'local' }, call(ending.signal))) if (wanted(fleet)) return fleet
  } finally {
    ending.abort()
  }
  throw new Error('the list ended')
}
