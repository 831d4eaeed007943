import { setImmediate as nextTurn } from 'node:timers/promises'
import { Failure, type Problem, problemOf } from '../../preload/contract/errors.ts'
import type { InstanceKey, Place, PlaceState } from '../../preload/contract/instances.ts'
import type { Aws, AwsIdentity } from '../aws/aws.ts'
import type { Clock } from '../data/clock.ts'
import { describeOne, type Kind, listAll } from './ask.ts'
import type { KnownInstances } from './known.ts'
import { keyText, placeText, type Seen } from './seen.ts'

/** Milliseconds between two looks at a place. */
export interface Pace {
  /** While a change is under way: from the first to the second, slower each time. */
  readonly quick: readonly [number, number]
  /** After this time a change is no longer looked at quickly. */
  readonly quickFor: number
  readonly watched: number
  /** Nobody looks, but something is kept stopped there. */
  readonly kept: number
  /** After failures, and while AWS asks to call less often. */
  readonly longest: number
  /** Where AWS did not say who we are, though it answers otherwise. */
  readonly unknown: number
}

export const usualPace: Pace = {
  quick: [2_000, 5_000],
  quickFor: 15 * 60_000,
  watched: 15_000,
  kept: 60_000,
  longest: 60_000,
  unknown: 10 * 60_000,
}

interface Entry {
  readonly place: Place
  state: PlaceState['state']
  problem: PlaceState['problem']
  identity: AwsIdentity | null
  answeredAt: number | null
  askedAt: number | null
  asking: Promise<void> | null
  failures: number
  looks: number
  /** Until then nobody asks again who we are there; 0 where that never failed. */
  unknownUntil: number
  unplan: () => void
}

export interface FleetDeps {
  readonly aws: Aws
  readonly clock: Clock
  readonly known: KnownInstances
  readonly pace: Pace
  readonly log: (line: string) => void
  /** Whether somebody looks at this place. */
  isWatched(place: Place): boolean
  /** Whether something there is kept stopped or scheduled. */
  isKept(place: Place): boolean
  /** Called after everything that could be seen from outside. */
  changed(): void
}

/** The places, each asked on its own: one that fails holds up none of the others, and loses nothing that it showed. */
export function createFleet(deps: FleetDeps) {
  const { aws, clock, known, pace } = deps
  const entries = new Map<string, Entry>()
  const describing = new Map<string, Promise<Seen | null>>()
  const closing = new AbortController()

  const entryOf = (place: Place): Entry => {
    const id = placeText(place)
    const found = entries.get(id)
    if (found !== undefined) return found
    const { profile, region } = place
    const made: Entry = {
      place: { profile, region },
      state: 'loading',
      problem: null,
      identity: null,
      answeredAt: null,
      askedAt: null,
      asking: null,
      failures: 0,
      looks: 0,
      unknownUntil: 0,
      unplan: () => {},
    }
    entries.set(id, made)
    return made
  }

  const waitOf = (entry: Entry): number | null => {
    const { place, failures } = entry
    const underWay = known.underWay(place)
    const watched = deps.isWatched(place)
    let base: number
    if (underWay.some(({ request }) => clock.now() - request.requestedAt < pace.quickFor)) {
      base = Math.min(pace.quick[1], pace.quick[0] * 1.2 ** entry.looks)
    } else if (watched && known.isPassing(place)) base = pace.quick[1]
    else if (watched || underWay.length > 0) base = pace.watched
    else if (deps.isKept(place)) base = pace.kept
    else return null
    if (failures > 0) base = Math.min(pace.longest, Math.max(base, pace.quick[1]) * 2 ** (failures - 1))
    if (aws.isThrottled(place)) base = pace.longest
    return base * (0.8 + Math.random() * 0.4)
  }

  const plan = (entry: Entry) => {
    entry.unplan()
    const wait = closing.signal.aborted ? null : waitOf(entry)
    entry.unplan = wait === null ? () => {} : clock.after(wait, () => void ask(entry, true))
  }

  /** Gives what kept AWS from saying who we are; null where it said so, or was not asked. */
  const identify = async (entry: Entry): Promise<unknown> => {
    if (entry.unknownUntil > clock.now()) return null
    try {
      const identity = await aws.identity(entry.place, closing.signal)
      if (identity.arn !== entry.identity?.arn) {
        entry.identity = identity
        deps.changed()
      }
      return null
    } catch (error) {
      return error
    }
  }

  const list = async (entry: Entry, kind: Kind, background: boolean) => {
    const { place } = entry
    // The instances of every region come first where the account's budget is short: an account has few clusters, or none.
    if (kind === 'cluster') await nextTurn()
    const askedAt = clock.now()
    const found = await listAll(aws, place, kind, { signal: closing.signal, background: background || kind === 'cluster' })
    const names = new Set(found.map(({ key }) => keyText(key)))
    for (const seen of found) known.observe(seen.key, seen, askedAt)
    const missing = [...known.of(place).map(({ seen }) => seen.key), ...known.underWay(place).map(({ key }) => key)]
    const gone = missing.filter((key) => key.kind === kind && !names.has(keyText(key)))
    for (const key of gone) known.observe(key, null, askedAt)
    if (kind === 'instance') {
      entry.state = 'shown'
      entry.answeredAt = clock.now()
    }
    // Most regions have no clusters: then this says nothing new.
    if (kind === 'instance' || found.length > 0 || gone.length > 0) deps.changed()
  }

  const ask = (entry: Entry, background: boolean): Promise<void> => {
    entry.unplan()
    entry.asking ??= askNow(entry, background).finally(() => {
      entry.asking = null
      plan(entry)
    })
    return entry.asking
  }

  const askNow = async (entry: Entry, background: boolean): Promise<void> => {
    const { place } = entry
    entry.askedAt = clock.now()
    const identified = identify(entry)
    const [instances, clusters] = await Promise.allSettled([list(entry, 'instance', background), list(entry, 'cluster', background)])
    const nameless = await identified
    if (closing.signal.aborted) return
    entry.looks += 1
    const failed = [instances, clusters].find((one) => one.status === 'rejected')
    if (instances.status === 'rejected') entry.state = 'failed'
    // The credentials are good, so that the lists came: only a server without STS fails here alone.
    if (nameless !== null && failed === undefined) {
      if (entry.unknownUntil === 0) deps.log(`instances: who ${place.profile} is in ${place.region} is not known: ${messageOf(nameless)}`)
      entry.unknownUntil = clock.now() + pace.unknown
    }
    const before = entry.problem
    entry.failures = failed === undefined ? 0 : entry.failures + 1
    entry.problem = failed === undefined ? null : problemOfLook(failed.reason, deps.log)
    if (before !== null || entry.problem !== null) deps.changed()
  }

  /** Asks again at once; what is being asked already may be too old, so it is waited for. */
  const again = async (place: Place): Promise<void> => {
    const entry = entryOf(place)
    entry.looks = 0
    if (entry.asking !== null) await entry.asking
    await ask(entry, false)
  }

  return {
    /** The state of a place; `loading` where it was never asked. */
    state(place: Place): PlaceState {
      const { state, problem, identity, answeredAt } = entryOf(place)
      return {
        place,
        account: identity?.account ?? null,
        arn: identity?.arn ?? null,
        state,
        problem,
        throttled: aws.isThrottled(place) || problem?.code === 'THROTTLED',
        answeredAt: answeredAt === null ? null : new Date(answeredAt).toISOString(),
      }
    },
    again,
    /** Asks now where the last time is longer ago, in milliseconds; otherwise at the next turn. */
    look(place: Place, olderThan: number): void {
      const entry = entryOf(place)
      if (entry.askedAt === null || clock.now() - entry.askedAt >= olderThan) void ask(entry, false)
      else if (entry.asking === null) plan(entry)
    },
    /** A change was asked for there: it is looked at quickly from now on. */
    quicken(place: Place): void {
      const entry = entryOf(place)
      entry.looks = 0
      if (entry.asking === null) plan(entry)
    },
    /** Plans every place anew, after what decides on the pace has changed. */
    replan(): void {
      for (const entry of entries.values()) if (entry.asking === null) plan(entry)
    },
    /** Asks for one instance, unless that is being asked already; null where AWS has none of this name. Fails as AWS does. */
    async describe(key: InstanceKey, signal: AbortSignal): Promise<Seen | null> {
      const id = keyText(key)
      let asked = describing.get(id)
      if (asked === undefined) {
        const askedAt = clock.now()
        asked = describeOne(aws, key, { signal: closing.signal, background: false })
          .then((seen) => {
            known.observe(seen?.key ?? key, seen, askedAt)
            deps.changed()
            return seen
          })
          .finally(() => describing.delete(id))
        describing.set(id, asked)
      }
      return await untilAborted(asked, signal)
    },
    async close(): Promise<void> {
      closing.abort()
      for (const entry of entries.values()) entry.unplan()
      await Promise.allSettled([...[...entries.values()].map(({ asking }) => asking), ...describing.values()])
    },
  }
}
export type Fleet = ReturnType<typeof createFleet>

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function problemOfLook(error: unknown, log: (line: string) => void): Problem {
  if (error instanceof Failure) return problemOf(error)
  log(`instances: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return { code: 'INTERNAL', message: 'This region could not be asked, by a fault of Basepair. Its log has the details.' }
}

/** Gives up waiting where the signal says so; the work goes on for whoever else waits. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new Failure('CANCELLED', 'Cancelled.'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
