import { compareEvents, type LogEvent } from '../../cloudwatch/event.ts'

/** Live Tail's events have no id: these four together tell one from another, as often as it comes. */
const keyOf = ({ at, ingested, stream }: LogEvent) => `${at}/${ingested}/${stream}`

/** What has come by one of the two ways, and not by the other yet. */
interface Unmatched {
  readonly live: LogEvent[]
  readonly looked: LogEvent[]
}

/** The events of a group that may come again, because the time that they are from is looked at again. */
export function createKnownEvents() {
  const byId = new Map<string, LogEvent>()
  /** Live events that no look has found yet. */
  const told = new Set<LogEvent>()
  let unmatched: Map<string, Unmatched> | null = null
  let lives = 0

  const unmatchedAt = (map: Map<string, Unmatched>, event: LogEvent): Unmatched => {
    const key = keyOf(event)
    const found = map.get(key) ?? { live: [], looked: [] }
    map.set(key, found)
    return found
  }

  const take = (list: LogEvent[], message: string): LogEvent | undefined => {
    const at = list.findIndex((one) => one.message === message)
    return at === -1 ? undefined : list.splice(at, 1)[0]
  }

  return {
    /** What a look has found; gives back what is new, in order. */
    add(events: readonly LogEvent[]): LogEvent[] {
      const fresh: LogEvent[] = []
      for (const event of events) {
        if (byId.has(event.id)) continue
        const there = unmatched === null ? undefined : unmatchedAt(unmatched, event)
        const live = there === undefined ? undefined : take(there.live, event.message)
        if (live === undefined) {
          there?.looked.push(event)
          fresh.push(event)
        } else told.delete(live)
        byId.set(event.id, live ?? event)
      }
      return fresh.sort(compareEvents)
    },
    /** What Live Tail has brought; gives back what is new, in order, with ids of our own. */
    addLive(events: readonly Omit<LogEvent, 'id'>[]): LogEvent[] {
      const fresh: LogEvent[] = []
      unmatched ??= new Map()
      for (const one of events) {
        const event = { ...one, id: '' }
        const there = unmatchedAt(unmatched, event)
        if (take(there.looked, event.message) !== undefined) continue
        const live = { ...one, id: `live-${one.at}-${++lives}` }
        there.live.push(live)
        told.add(live)
        fresh.push(live)
      }
      return fresh.sort(compareEvents)
    },
    /** From now on Live Tail brings events too: what is known already must not be told again. */
    expectLive(): void {
      if (unmatched !== null) return
      unmatched = new Map()
      for (const event of byId.values()) unmatchedAt(unmatched, event).looked.push(event)
    },
    /** Forgets what happened before; it will not be looked at again. */
    forgetBefore(time: number): void {
      for (const [id, { at }] of byId) if (at < time) byId.delete(id)
      for (const event of told) if (event.at < time) told.delete(event)
      if (unmatched !== null) for (const key of unmatched.keys()) if (Number.parseInt(key, 10) < time) unmatched.delete(key)
    },
    /** Everything from a time on, in order. */
    since(time: number): LogEvent[] {
      return [...byId.values(), ...told].filter(({ at }) => at >= time).sort(compareEvents)
    },
    get size() {
      return byId.size
    },
  }
}
