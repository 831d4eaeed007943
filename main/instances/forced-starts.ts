import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { type Clock, passed } from '../data/clock.ts'
import { eventsOf } from './events.ts'
import type { Memory } from './memory.ts'
import { keyText } from './seen.ts'

/** AWS started an instance, or a cluster, because it had been stopped for as long as AWS allows. */
const forced: ReadonlySet<string | null> = new Set(['RDS-EVENT-0154', 'RDS-EVENT-0153'])
/** The event may be listed later than the state is shown. */
const againAfterMs = 60_000

export interface ForcedStartsDeps {
  readonly aws: Pick<Aws, 'rds'>
  readonly memory: Memory
  readonly clock: Clock
  readonly log: (line: string) => void
  changed(): void
}

/** Finds out by RDS' events when AWS last started an instance by itself. */
export function createForcedStarts({ aws, memory, clock, log, changed }: ForcedStartsDeps) {
  const closing = new AbortController()
  const asked = new Map<string, Promise<void>>()

  const read = async (key: InstanceKey): Promise<boolean> => {
    const found = (await eventsOf(aws, key, closing.signal)).find(({ id }) => forced.has(id))
    const at = found?.at.toISOString() ?? null
    if (at === null || at === (memory.get(key)?.forcedStartAt ?? null)) return false
    await memory.update(key, { forcedStartAt: at })
    changed()
    return true
  }

  return {
    /** Asks for the events of one instance, once at a time. With `started`, again a minute later if they do not say yet. */
    ask(key: InstanceKey, started: boolean): void {
      const id = keyText(key)
      if (asked.has(id) || closing.signal.aborted) return
      const work = (async () => {
        if ((await read(key)) || !started) return
        if (await passed(clock, againAfterMs, closing.signal)) await read(key)
      })()
        .catch((error: unknown) => {
          if (!closing.signal.aborted)
            log(`instances: the events of ${key.identifier} could not be read: ${error instanceof Error ? error.message : error}`)
        })
        .finally(() => asked.delete(id))
      asked.set(id, work)
    },
    async close(): Promise<void> {
      closing.abort()
      await Promise.allSettled(asked.values())
    },
  }
}
