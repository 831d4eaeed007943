import type { Change, InstanceKey, Place } from '../../preload/contract/instances.ts'
import { standingOf } from '../../preload/contract/instances-words.ts'
import type { Clock } from '../data/clock.ts'
import type { Memory } from './memory.ts'
import type { Hold } from './possibilities.ts'
import { absent, begin, type Past, type Request, read, sureFrom, visibleWithinMs } from './requests.ts'
import { keyText, placeText, type Seen } from './seen.ts'

export interface Known {
  /** The last answer that can be trusted; before there is one, the last answer. */
  readonly seen: Seen
  /** When that answer came. */
  readonly seenAt: number
  /** When AWS was asked for the newest answer. */
  readonly askedAt: number
  /** The newest answer may be older than what was asked for last, up to this time; null where it can be trusted. */
  readonly doubtUntil: number | null
  readonly past: readonly Past[]
}

export interface KnownDeps {
  readonly memory: Memory
  readonly clock: Clock
  readonly log: (line: string) => void
  /** For how long an answer of this profile may show what was before a change that was already seen, in milliseconds. */
  doubtMs(profile: string): number
  /** How long at most a change is not told, by the profile that asks. */
  lagMs(profile: string): number
  /** Called when AWS shows another status than before, by an answer that can be trusted; null where it was not known, or is gone. */
  turned(key: InstanceKey, before: string | null, after: string | null): void
}

/** What AWS said of each instance, read beside what was asked of it. */
export function createKnown({ memory, clock, log, doubtMs, lagMs, turned }: KnownDeps) {
  const all = new Map<string, Known>()

  const keep = (key: InstanceKey, request: Request | null) => {
    memory.update(key, { request }).catch((error: unknown) => log(`instances: the state of ${key.identifier} could not be kept: ${error}`))
  }

  /** Takes an answer in; `seen` is null where AWS does not list it. `askedAt`: when AWS was asked. */
  const observe = (key: InstanceKey, seen: Seen | null, askedAt: number): void => {
    const id = keyText(key)
    const before = all.get(id)
    if (before !== undefined && askedAt < before.askedAt) return
    const now = clock.now()
    const last = memory.get(key)?.request ?? null
    const reading = read(last, seen?.status ?? absent, askedAt, now, doubtMs(key.profile), lagMs(key.profile))
    if (reading.ended !== null) log(`instances: ${key.identifier} in ${key.region} ${reading.ended}`)
    if (!reading.trusted) {
      const doubtUntil = last === null ? null : sureFrom(last, now, doubtMs(key.profile), lagMs(key.profile))
      if (before !== undefined) all.set(id, { ...before, askedAt, doubtUntil })
      else if (seen !== null) all.set(id, { seen, seenAt: now, askedAt, doubtUntil, past: [] })
      return
    }
    if (seen === null) {
      all.delete(id)
      if (last?.action === 'delete') void memory.forget(key).catch((error: unknown) => log(`instances: ${error}`))
      else if (reading.request !== last) keep(key, reading.request)
      if (before !== undefined) turned(key, before.seen.status, null)
      return
    }
    if (reading.request !== last && JSON.stringify(reading.request) !== JSON.stringify(last)) keep(key, reading.request)
    const past = pastWith(before, seen.status, now)
    all.set(id, { seen, seenAt: now, askedAt, doubtUntil: null, past })
    if (before?.seen.status !== seen.status) turned(key, before?.seen.status ?? null, seen.status)
  }

  const requestOf = (key: InstanceKey): Request | null => memory.get(key)?.request ?? null

  return {
    observe,
    get: (key: InstanceKey): Known | null => all.get(keyText(key)) ?? null,
    of(place: Place): Known[] {
      return [...all.values()].filter(({ seen }) => placeText(seen.key) === placeText(place))
    },
    /** Whether a change that was asked for has not settled. */
    changeOf(key: InstanceKey): Change | null {
      const request = requestOf(key)
      return request === null || request.settled ? null : changeFrom(key, request)
    },
    hold(key: InstanceKey): Hold {
      const request = requestOf(key)
      if (request !== null && !request.settled) return { kind: 'change', change: changeFrom(key, request) }
      const until = all.get(keyText(key))?.doubtUntil ?? null
      return until === null ? null : { kind: 'doubt', until: new Date(until).toISOString() }
    },
    /** Writes down that AWS is about to be asked. On disk when it returns, so that a restart knows of it. */
    async begin(key: InstanceKey, what: Pick<Request, 'action' | 'by'>): Promise<Request> {
      const known = all.get(keyText(key))
      const last = requestOf(key)
      const request = begin(what, { status: known?.seen.status ?? absent, past: known?.past ?? [], last }, clock.now(), lagMs(key.profile))
      await memory.update(key, { request })
      return request
    },
    /** AWS took it, or may have: it is awaited from now on. `seen` is what AWS answered. */
    async sent(key: InstanceKey, request: Request, seen: Seen | null): Promise<void> {
      const now = clock.now()
      await memory.update(key, { request: { ...request, sentAt: now } })
      if (seen !== null) observe(key, seen, now)
    },
    /** AWS refused it: what was asked before counts again. */
    refused: (key: InstanceKey, before: Request | null): Promise<void> => memory.update(key, { request: before }),
    /** AWS refused it because of the state, so what AWS showed before was old: the same answer is not believed at once. */
    contradicted: (key: InstanceKey, request: Request): Promise<void> =>
      memory.update(key, { request: { ...request, sentAt: clock.now(), visible: true, settled: true } }),
    request: requestOf,
    /** The requests that have not settled, of a place or of all. */
    underWay(place?: Place): { readonly key: InstanceKey; readonly request: Request }[] {
      return memory
        .all()
        .filter(({ key }) => place === undefined || placeText(key) === placeText(place))
        .flatMap(({ key, request }) => (request === null || request.settled ? [] : [{ key, request }]))
    },
    /** Whether a status that passes by itself is shown. */
    isPassing: (place: Place): boolean =>
      [...all.values()].some(({ seen }) => placeText(seen.key) === placeText(place) && standingOf(seen.status) === 'passing'),
  }
}
export type KnownInstances = ReturnType<typeof createKnown>

function pastWith(before: Known | undefined, status: string, now: number): readonly Past[] {
  if (before === undefined) return [{ status, until: null }]
  if (before.seen.status === status) return before.past
  return [
    ...before.past
      .map((one) => (one.until === null ? { ...one, until: now } : one))
      .filter(({ until }) => until === null || until > now - visibleWithinMs),
    { status, until: null },
  ]
}

const awaited = {
  start: 'start. Basepair waits until AWS shows it as available, which can take minutes and after a crash longer',
  stop: 'stop. Basepair waits until AWS shows it as stopped, which takes some minutes',
  create: 'create it. Basepair waits until it is available, which takes some minutes',
  delete: 'delete it. Basepair waits until AWS lists it no more',
  modify: 'change it. Basepair waits until AWS shows it as available again',
} as const

function changeFrom({ identifier }: InstanceKey, { action, by, requestedAt }: Request): Change {
  const at = new Date(requestedAt).toISOString()
  const asked = action === 'start' || action === 'stop' ? `${identifier} was asked to` : `${identifier}: AWS was asked to`
  return { action, by, requestedAt: at, sentence: `${asked} ${awaited[action]}. Asked at ${at.slice(11, 16)} UTC.` }
}
