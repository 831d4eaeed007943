import { join } from 'node:path'
import * as z from 'zod'
import type { Draft, Environment } from '../../../preload/contract/environments.ts'
import { environmentId, projectName } from '../../../preload/contract/environments.ts'
import { type InstanceKey, instanceKey } from '../../../preload/contract/instances.ts'
import type { Aws } from '../../aws/aws.ts'
import { createTurns } from '../../data/in-turn.ts'
import { readJson, writeJson } from '../../data/json-file.ts'
import type { Call } from '../../environments/caller.ts'
import type { Environments } from '../../environments/environments.ts'
import { describe } from '../description.ts'
import { keyText } from '../seen.ts'
import { draftOf } from './adopt.ts'

const awaited = z.object({ key: instanceKey, id: environmentId, label: z.string().min(1).max(40), project: projectName })
type Awaited = z.infer<typeof awaited>
const content = z.object({ version: z.literal(1), environments: z.array(awaited) })

/** AWS and the disk are given this long to make an environment of what has become available. */
const makingMs = 30_000

export interface ArrivalsDeps {
  readonly aws: Pick<Aws, 'rds'>
  readonly environments: Pick<Environments, 'all'>
  readonly stateFolder: string
  saveEnvironment(draft: Draft, call: Call): Promise<Environment>
  readonly log: (line: string) => void
  /** Tells the user what was done by itself. */
  tell(key: InstanceKey, sentence: string, failed: boolean): void
}

/** The environments that are made of instances once they are available. Kept over restarts of the console, without any password. */
export function createArrivals({ aws, environments, stateFolder, saveEnvironment, log, tell }: ArrivalsDeps) {
  const path = join(stateFolder, 'environments-to-make.json')
  const inTurn = createTurns()
  const entries = new Map<string, Awaited>()

  const write = () => writeJson(path, { version: 1, environments: [...entries.values()] })

  const make = async (entry: Awaited): Promise<void> => {
    const { key, id, label, project } = entry
    // It may have been made, or the waiting ended, while this waited for its turn.
    if (entries.get(keyText(key)) !== entry) return
    const signal = AbortSignal.timeout(makingMs)
    try {
      const all = environments.all()
      if (all.some((one) => one.id === id)) {
        tell(key, `No environment was made of it: there is an environment ${id} already.`, true)
      } else {
        const instance = await describe(aws, key, signal)
        await saveEnvironment(draftOf(instance, key, { id, label }, { project, environments: all }), { window: 'console', signal })
        tell(key, `It is available, and the environment ${label} was made of it.`, false)
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log(`instances: no environment was made of ${key.identifier}: ${reason}`)
      tell(key, `It is available, but no environment was made of it: ${reason}`, true)
    }
    entries.delete(keyText(key))
    await write()
  }

  return {
    /** Reads what was awaited when the last console ended. */
    async load(): Promise<void> {
      const read = await readJson(path, content)
      if (read.state === 'invalid') log(`instances: ${path} cannot be read (${read.message}): no environments are made of new instances.`)
      if (read.state === 'ok') for (const one of read.value.environments) entries.set(keyText(one.key), one)
    },
    /** From now on an environment is made of it once it is available. On disk when it returns. */
    expect(key: InstanceKey, environment: Omit<Awaited, 'key'>): Promise<void> {
      entries.set(keyText(key), { key, ...environment })
      return inTurn(write)
    },
    /** AWS shows this status now; null where the instance is not there any more. */
    turned(key: InstanceKey, status: string | null): void {
      const entry = entries.get(keyText(key))
      if (entry === undefined || (status !== null && status !== 'available')) return
      const work = status === null ? forget(key) : inTurn(() => make(entry))
      work.catch((error: unknown) => log(`instances: ${path} could not be written: ${error}`))
    },
    /** The instances that are waited for. */
    keys: (): readonly InstanceKey[] => [...entries.values()].map(({ key }) => key),
    /** Waits for what is under way. */
    close: () => inTurn(async () => {}),
  }

  function forget(key: InstanceKey): Promise<void> {
    entries.delete(keyText(key))
    return inTurn(write)
  }
}
export type Arrivals = ReturnType<typeof createArrivals>
