import type { Environment } from '../../preload/contract/environments.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { SignUps } from '../../preload/contract/logs.ts'
import type { Call } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import { watchLatest } from '../environments/watch.ts'
import type { Driver } from '../postgres/driver.ts'
import type { PoolAskerDeps } from './ask-pool.ts'
import type { LogHub } from './hub.ts'
import { repairStatement } from './repair.ts'
import type { SignUpLogBounds } from './sign-up-log.ts'
import { createSignUpReader, type SignUpPace, type SignUpReader, usualPace } from './sign-up-reader.ts'

export interface SignUpsDeps {
  readonly hub: Pick<LogHub, 'follow' | 'history'>
  readonly environments: Pick<Environments, 'get' | 'target' | 'identity'>
  readonly driver: Pick<Driver, 'run'>
  /** The post-confirmation function's group; null where none is found. Fails as AWS does. */
  groupOf(place: Place, signal: AbortSignal): Promise<string | null>
  readonly confirmedUsers: PoolAskerDeps['confirmedUsers']
  readonly log: (text: string) => void
  readonly now?: () => number
  readonly pace?: Partial<SignUpPace>
  readonly bounds?: SignUpLogBounds
  /** Milliseconds that a reader works on after the last who looked at it. */
  readonly lingerMs?: number
}

export interface SignUpsInput {
  readonly environment: string
  readonly place?: Place | undefined
  readonly group: string | null
  readonly hours: number
}

/** What the overview looks back. */
const overviewHours = 7 * 24
/** Milliseconds that the overview waits for log and rows. */
const overviewPatienceMs = 2_500
/** Rows asked for so recently are not asked for again by the overview. */
const freshMs = 3_000

interface Kept {
  readonly reader: SignUpReader
  readonly environment: string
  users: number
  linger: NodeJS.Timeout | undefined
}

/** The sign-ups of the environments: one reader for all who look at the same, which lingers after them. */
export function createSignUps(deps: SignUpsDeps) {
  const { environments, lingerMs = 60_000 } = deps
  const now = deps.now ?? Date.now
  const readers = new Map<string, Kept>()

  function placeOf(environment: Environment, place: Place | undefined): Place | null {
    if (place !== undefined) return { profile: place.profile, region: place.region }
    return environment.rds === undefined ? null : { profile: environment.rds.profile, region: environment.rds.region }
  }

  /** The one reader for this; whoever takes it gives it back. */
  function take(environment: Environment, place: Place, { group, hours }: Pick<SignUpsInput, 'group' | 'hours'>): Kept {
    const { id } = environment
    const key = JSON.stringify([id, place.profile, place.region, group, hours])
    const known = readers.get(key)
    if (known !== undefined) {
      known.users += 1
      clearTimeout(known.linger)
      return known
    }
    const findGroup = (signal: AbortSignal) => (group === null ? deps.groupOf(place, signal) : Promise.resolve(group))
    const reader = createSignUpReader({ ...deps, now, findGroup, pace: { ...usualPace, ...deps.pace } }, { environment: id, place, hours })
    const made: Kept = { reader, environment: id, users: 1, linger: undefined }
    readers.set(key, made)
    return made
  }

  function giveBack(kept: Kept): void {
    kept.users -= 1
    if (kept.users > 0) return
    kept.linger = setTimeout(() => {
      for (const [key, one] of readers) if (one === kept) readers.delete(key)
      kept.reader.close()
    }, lingerMs)
    kept.linger.unref()
  }

  return {
    /** Now, and after each change, until the call ends. */
    async *watch(input: SignUpsInput, call: Call): AsyncGenerator<SignUps, void> {
      const environment = environments.get(input.environment)
      const place = placeOf(environment, input.place)
      if (place === null) {
        yield nowhere(now() - input.hours * 3_600_000)
        return
      }
      const kept = take(environment, place, input)
      const end = kept.reader.watch()
      try {
        yield* watchLatest(kept.reader.emitter, kept.reader.now, call.signal)
      } finally {
        end()
        giveBack(kept)
      }
    },

    /** What is known now, after a few seconds at most; null where the environment stands on no AWS account. */
    async of(environment: Environment, signal: AbortSignal): Promise<SignUps | null> {
      const place = placeOf(environment, undefined)
      if (place === null) return null
      const kept = take(environment, place, { group: null, hours: overviewHours })
      const patience = AbortSignal.any([signal, AbortSignal.timeout(overviewPatienceMs)])
      try {
        if (!kept.reader.isSettled()) await settled(kept.reader, patience)
        if (now() - (kept.reader.now().checkedAt ?? now()) > freshMs) await Promise.race([kept.reader.ask(), ended(patience)])
        signal.throwIfAborted()
        return kept.reader.now()
      } finally {
        giveBack(kept)
      }
    },

    /** The rows of this environment may have changed. */
    rowsChanged(environment: string): void {
      for (const { reader, environment: id } of readers.values()) if (id === environment) void reader.ask()
    },

    close() {
      for (const { reader, linger } of readers.values()) {
        clearTimeout(linger)
        reader.close()
      }
      readers.clear()
    },
  }
}

async function settled({ emitter, isSettled }: SignUpReader, signal: AbortSignal): Promise<void> {
  const stop = ended(signal)
  while (!isSettled() && !signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>()
    emitter.once('changed', resolve)
    await Promise.race([promise, stop])
    emitter.off('changed', resolve)
  }
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

const nowhere = (from: number): SignUps => ({
  place: null,
  group: null,
  from,
  state: 'missing',
  problem: null,
  table: { readable: true, problem: null },
  signUps: [],
  insert: repairStatement(),
  checkedAt: null,
})
