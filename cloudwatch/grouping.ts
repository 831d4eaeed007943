import { compareEvents, type LogEvent } from './event.ts'
import type { Invocation } from './invocation.ts'
import { Marks, markOf } from './marks.ts'
import { invocationOf } from './outcome.ts'
import { Concurrent, Division, divideByRequestId, type Region } from './regions.ts'

/** What a batch of events did to the invocations. */
export interface GroupingChange {
  /** New ones, and those that have become other than they were. */
  readonly changed: readonly Invocation[]
  /** The keys of those that are no more. */
  readonly removed: readonly string[]
}

/** Holds the invocations of the events it was given, of any streams; a batch regroups only what it touches. */
export interface Grouping {
  /** Takes events in any order; those that it has already count for nothing. */
  add(events: readonly LogEvent[]): GroupingChange
  /** Forgets the invocations that lie wholly before a time. */
  removeBefore(at: number): GroupingChange
  /** Forgets the events from a time on. */
  removeFrom(at: number): GroupingChange
  /** By when they began. The same object as long as nothing of an invocation changes. */
  invocations(): readonly Invocation[]
}

interface Built {
  readonly region: Region
  readonly invocation: Invocation
}

const sameEvents = (region: Region, events: readonly LogEvent[]) =>
  region.own.length + region.late.length === events.length &&
  region.own.every((event, index) => event === events[index]) &&
  region.late.every((event, index) => event === events[region.own.length + index])

class Stream {
  readonly #name: string
  #events: LogEvent[] = []
  #marks = new Marks()
  #division = new Division(this.#marks)
  #concurrent = false
  #built: Built[] = []

  constructor(name: string) {
    this.#name = name
  }

  get invocations(): Invocation[] {
    return this.#built.map(({ invocation }) => invocation)
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  add(events: readonly LogEvent[]): GroupingChange {
    const fresh: LogEvent[] = []
    for (const event of events.toSorted(compareEvents)) {
      const last = fresh.at(-1)
      if ((last === undefined || compareEvents(last, event) !== 0) && !this.#has(event)) fresh.push(event)
    }
    const first = fresh[0]
    if (first === undefined) return { changed: [], removed: [] }
    let from = this.#placeOf(first)
    this.#insert(fresh, from)
    for (const event of fresh) {
      const mark = markOf(event)
      if (mark === null) continue
      this.#marks.add(mark)
      this.#concurrent ||= mark.concurrent
      // A line of Lambda decides about all that came after the START with its id.
      const start = mark.requestId === null ? undefined : this.#marks.firstStart(mark.requestId)
      if (start !== undefined) from = Math.min(from, this.#placeOf(start.event))
      else if (mark.requestId !== null) from = Math.min(from, this.#firstOpen())
    }
    return this.#regroup(from)
  }

  removeBefore(at: number): GroupingChange {
    const removed: string[] = []
    let count = 0
    let events = 0
    if (this.#concurrent) return this.#keep((event) => event.at >= at)
    for (const { region, invocation } of this.#built) {
      const last = region.late.at(-1) ?? region.own.at(-1)
      if (last !== undefined && last.at >= at) break
      removed.push(invocation.key)
      count += 1
      events = region.from + region.own.length
    }
    if (count === 0) return { changed: [], removed }
    const next = this.#built[count]?.region.from
    const gone = this.#events.splice(0, next ?? this.#events.length)
    for (const event of gone) this.#marks.remove(event)
    this.#division.dropFirst(count, Math.max(events, gone.length))
    this.#built = this.#built.slice(count)
    return { changed: [], removed }
  }

  removeFrom(at: number): GroupingChange {
    return this.#keep((event) => event.at < at)
  }

  #keep(stays: (event: LogEvent) => boolean): GroupingChange {
    const kept = this.#events.filter(stays)
    if (kept.length === this.#events.length) return { changed: [], removed: [] }
    this.#events = []
    this.#marks = new Marks()
    this.#division = new Division(this.#marks)
    if (kept.length > 0) return this.add(kept)
    const removed = this.#built.map(({ invocation }) => invocation.key)
    this.#built = []
    return { changed: [], removed }
  }

  #placeOf(event: LogEvent): number {
    let low = 0
    let high = this.#events.length
    const last = this.#events[high - 1]
    if (last !== undefined && compareEvents(last, event) < 0) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#events[middle]
      if (at !== undefined && compareEvents(at, event) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #has(event: LogEvent): boolean {
    const at = this.#events[this.#placeOf(event)]
    return at !== undefined && compareEvents(at, event) === 0
  }

  #insert(fresh: readonly LogEvent[], from: number): void {
    const tail = this.#events.splice(from)
    let next = 0
    for (const event of fresh) {
      for (let old = tail[next]; old !== undefined && compareEvents(old, event) < 0; old = tail[next]) {
        this.#events.push(old)
        next += 1
      }
      this.#events.push(event)
    }
    for (; next < tail.length; next += 1) {
      const old = tail[next]
      if (old !== undefined) this.#events.push(old)
    }
  }

  /** Where the first invocation without a START begins: an END that is new may be its. */
  #firstOpen(): number {
    return this.#division.regions.find(({ start }) => start === null)?.from ?? this.#events.length
  }

  #regroup(from: number): GroupingChange {
    const regions = this.#concurrent ? null : this.#divide(from)
    return this.#build(regions ?? divideByRequestId(this.#events, this.#marks))
  }

  #divide(from: number): readonly Region[] | null {
    const { regions } = this.#division
    let index = regions.length - 1
    while (index > 0 && (regions[index]?.from ?? 0) >= from) index -= 1
    const start = this.#division.backTo(Math.max(0, index - 1), this.#events)
    try {
      this.#division.run(this.#events, start)
      return regions
    } catch (error) {
      if (!(error instanceof Concurrent)) throw error
      this.#concurrent = true
      return null
    }
  }

  #build(regions: readonly Region[]): GroupingChange {
    const before = new Map<string, Invocation>()
    let same = 0
    // What was not divided anew is as it was.
    while (same < regions.length && same < this.#built.length && this.#unchanged(regions[same], this.#built[same])) same += 1
    for (const { invocation } of this.#built.slice(same)) before.set(invocation.key, invocation)
    const built = this.#built.slice(0, same)
    const taken = new Set<string>()
    const keys = new Set(this.#built.slice(0, same).map(({ invocation }) => invocation.key))
    const changed: Invocation[] = []
    for (const region of regions.slice(same)) {
      const key = this.#keyOf(region, keys)
      keys.add(key)
      const old = before.get(key)
      const kept = old !== undefined && old.hasStart === (region.start !== null) && sameEvents(region, old.events)
      const invocation = kept ? old : invocationOf(region, this.#marks, key)
      if (invocation === null) continue
      taken.add(key)
      built.push({ region, invocation })
      if (invocation !== old) changed.push(invocation)
    }
    this.#built = built
    return { changed, removed: [...before.keys()].filter((key) => !taken.has(key)) }
  }

  #unchanged(region: Region | undefined, built: Built | undefined): boolean {
    return region !== undefined && built?.region === region && region.own.length + region.late.length === built.invocation.events.length
  }

  #keyOf(region: Region, keys: ReadonlySet<string>): string {
    const first = region.own[0] ?? region.late[0]
    const key = `${this.#name} ${region.requestId ?? first?.id ?? ''}`
    // Lambda repeats an asynchronous invocation under the same id.
    return keys.has(key) ? `${key} ${region.start?.event.id ?? first?.id ?? ''}` : key
  }
}

const together = (changes: readonly GroupingChange[]): GroupingChange => ({
  changed: changes.flatMap(({ changed }) => changed),
  removed: changes.flatMap(({ removed }) => removed),
})

export function createGrouping(): Grouping {
  const streams = new Map<string, Stream>()
  let sorted: readonly Invocation[] | null = []
  const change = (changes: readonly GroupingChange[]): GroupingChange => {
    for (const [name, stream] of streams) if (stream.isEmpty) streams.delete(name)
    const all = together(changes)
    if (all.changed.length > 0 || all.removed.length > 0) sorted = null
    return all
  }
  return {
    add: (events) =>
      change(
        [...Map.groupBy(events, ({ stream }) => stream)].map(([name, own]) => {
          const stream = streams.get(name) ?? new Stream(name)
          streams.set(name, stream)
          return stream.add(own)
        }),
      ),
    removeBefore: (at) => change([...streams.values()].map((stream) => stream.removeBefore(at))),
    removeFrom: (at) => change([...streams.values()].map((stream) => stream.removeFrom(at))),
    invocations() {
      sorted ??= [...streams.values()].flatMap(({ invocations }) => invocations).toSorted((a, b) => a.startedAt - b.startedAt)
      return sorted
    },
  }
}
