import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { environmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { type InstanceKey, instanceKey, schedule, scope, watchkeeping } from '../../preload/contract/instances.ts'
import { createTurns } from '../data/in-turn.ts'
import { readJson, writeJson } from '../data/json-file.ts'
import { request } from './requests.ts'
import { keyText } from './seen.ts'

/** What was done by itself is kept up to this many entries. */
const keptDone = 50

/** What Basepair keeps about one instance. Times are milliseconds since 1970 where they are not texts. */
const remembered = z.object({
  key: instanceKey,
  request: request.nullable(),
  keepStopped: z.boolean(),
  schedule: schedule.nullable(),
  /** The environment in whose name keeping stopped and the schedule act where it belongs to none. */
  environment: environmentId.nullable(),
  /** It runs because somebody wanted it to: keeping stopped lets it. */
  mayRun: z.boolean(),
  /** The schedule's moments up to here are done with. */
  handledUntil: z.number(),
  forcedStartAt: z.iso.datetime().nullable(),
  done: watchkeeping.shape.done,
})
export type Remembered = z.infer<typeof remembered>

const content = z.object({ version: z.literal(1), scope: scope.nullable(), instances: z.array(remembered) })

/** What is kept over restarts of the console. Nothing is kept before it was loaded. */
export function createMemory(stateFolder: string, now: () => number, log: (line: string) => void) {
  const path = join(stateFolder, 'instances.json')
  const entries = new Map<string, Remembered>()
  const inTurn = createTurns()
  let chosen: z.infer<typeof scope> | null = null
  let loaded = false
  let unwritten: Promise<void> | null = null

  /** Changes that come before the disk is asked are written together. */
  const save = (): Promise<void> => {
    // Otherwise what the file holds would be lost.
    if (!loaded) return Promise.reject(new Failure('BUSY', 'Basepair is still starting. Try again in a moment.'))
    unwritten ??= inTurn(async () => {
      unwritten = null
      await writeJson(path, { version: 1, scope: chosen, instances: [...entries.values()] })
    })
    return unwritten
  }

  /** Reads the file. One that cannot be read as such is set aside and told of. Fails with FILE where the system refuses. */
  const load = async (): Promise<void> => {
    const read = await readJson(path, content)
    if (read.state === 'ok') {
      chosen = read.value.scope
      for (const one of read.value.instances) entries.set(keyText(one.key), one)
    } else if (read.state === 'invalid') {
      const aside = `${path}.${now()}.damaged`
      await rename(path, aside)
      const place = read.line === null ? '' : `line ${read.line}: `
      log(
        `instances: ${path} cannot be read (${place}${read.message}). It was set aside as ${aside}. Keep stopped, schedules and the chosen regions have to be set again.`,
      )
    }
    loaded = true
  }

  const get = (key: InstanceKey): Remembered | null => entries.get(keyText(key)) ?? null
  const update = (key: InstanceKey, change: Partial<Omit<Remembered, 'key'>>): Promise<void> => {
    const next = { ...(get(key) ?? blank(key, now())), ...change }
    if (saysNothing(next)) entries.delete(keyText(key))
    else entries.set(keyText(key), next)
    return save()
  }

  return {
    load,
    scope: () => chosen,
    choose(next: z.infer<typeof scope>): Promise<void> {
      chosen = next
      return save()
    },
    get,
    all: (): readonly Remembered[] => [...entries.values()],
    /** Changes what is kept; it is on disk when the promise is fulfilled, and in memory at once. */
    update,
    /** Adds to what was done by itself, newest first. */
    note(key: InstanceKey, entry: Remembered['done'][number]): Promise<void> {
      return update(key, { done: [entry, ...(get(key)?.done ?? [])].slice(0, keptDone) })
    },
    forget(key: InstanceKey): Promise<void> {
      return entries.delete(keyText(key)) ? save() : Promise.resolve()
    },
    /** Waits for what is being written. */
    close: () => inTurn(async () => {}),
  }
}
export type Memory = ReturnType<typeof createMemory>

const blank = (key: InstanceKey, now: number): Remembered => ({
  key,
  request: null,
  keepStopped: false,
  schedule: null,
  environment: null,
  mayRun: false,
  handledUntil: now,
  forcedStartAt: null,
  done: [],
})

const saysNothing = (one: Remembered): boolean =>
  one.request === null && !one.keepStopped && one.schedule === null && one.forcedStartAt === null && one.done.length === 0
