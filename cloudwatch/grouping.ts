import { divideByRequestId } from './concurrent-regions.ts'
import { compareEvents, type LogEvent } from './event.ts'
import type { Invocation } from './invocation.ts'
import { Marks, markOf } from './marks.ts'
import { invocationOf } from './outcome.ts'
import { Concurrent, Division, type Region } from './regions.ts'

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

const sameEvents = (region: Region, events: readonly LogEvent[]) =>
  region.own.length + region.late.length === events.length &&
  region.own.every((event, index) => event === events[index]) &&
  region.late.every((event, index) => event === events[region.own.length + index])

class Stream {
  readonly #name: string
  #events: LogEvent[] = []
  #marks = new Marks()
  #division = new Division(this.#marks)
  /** Lambda said so itself. */
  #concurrent = false
  /** False while what overlaps is told apart by request id alone. */
  #divided = true
  /** One for each region of the division, in its order. */
  #built: Invocation[] = []
  readonly #keys = new Set<string>()

  constructor(name: string) {
    this.#name = name
  }

  get invocations(): readonly Invocation[] {
    return this.#built
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
      if (mark.requestId === null) continue
      // A line of Lambda decides about all that came after the first line with its id.
      const same = this.#marks.first(mark.requestId)
      if (same !== undefined) from = Math.min(from, this.#placeOf(same.event))
      // An END without a START, or the START that it lacked, decides about what began before the first event.
      const start = this.#marks.firstStart(mark.requestId)
      const decidesOrphans = start === undefined || (mark.kind === 'start' && this.#marks.hasCloser(mark.requestId))
      if (decidesOrphans) from = Math.min(from, this.#firstOpen())
    }
    return this.#regroup(from)
  }

  removeBefore(at: number): GroupingChange {
    if (!this.#divided) return this.#keep((event) => event.at >= at)
    const left = this.#built.findIndex(({ events }) => (events.at(-1)?.at ?? 0) >= at)
    const gone = this.#built.splice(0, left < 0 ? this.#built.length : left)
    if (gone.length === 0) return { changed: [], removed: [] }
    const events = this.#division.dropFirst(gone.length, this.#events.length)
    for (const event of this.#events.splice(0, events)) this.#marks.remove(event)
    for (const { key } of gone) this.#keys.delete(key)
    return { changed: [], removed: gone.map(({ key }) => key) }
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
    this.#concurrent = false
    if (kept.length > 0) return this.add(kept)
    const removed = this.#built.map(({ key }) => key)
    this.#built = []
    this.#keys.clear()
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
    if (next < tail.length) this.#events = this.#events.concat(tail.slice(next))
  }

  /** Where the first invocation begins that has no START, or lines before it that may have been another's: an END that is new may be its. */
  #firstOpen(): number {
    return this.#division.regions.find(({ start, own }) => start === null || own[0] !== start.event)?.from ?? this.#events.length
  }

  #regroup(from: number): GroupingChange {
    const first = this.#concurrent ? null : this.#divide(this.#divided ? from : 0)
    this.#divided = first !== null
    if (first !== null) return this.#build(this.#division.regions, first, this.#division.takeTouched())
    return this.#build(divideByRequestId(this.#events, this.#marks), 0, [])
  }

  /** Divides again what a change from there on may touch; gives the first region that is new. */
  #divide(from: number): number | null {
    const { regions } = this.#division
    let index = regions.length - 1
    while (index > 0 && (regions[index]?.from ?? 0) >= from) index -= 1
    const first = Math.max(0, index - 1)
    const start = this.#division.backTo(first, this.#events)
    try {
      this.#division.run(this.#events, start)
      // The lines of an init may have gone from the last of the old ones to the first of the new.
      return Math.max(0, first - 1)
    } catch (error) {
      if (!(error instanceof Concurrent)) throw error
      this.#division = new Division(this.#marks)
      return null
    }
  }

  /** Builds the invocations of the regions from `first` on, and of the earlier ones that were told something late. */
  #build(regions: readonly Region[], first: number, touched: Iterable<Region>): GroupingChange {
    const gone = this.#built.splice(first)
    const before = new Map(gone.map((invocation) => [invocation.key, invocation]))
    for (const { key } of gone) this.#keys.delete(key)
    const changed: Invocation[] = []
    const taken = new Set<string>()
    for (const region of regions.slice(first)) {
      const key = this.#keyOf(region)
      this.#keys.add(key)
      taken.add(key)
      const invocation = this.#invocationOf(region, key, before.get(key))
      if (invocation !== before.get(key)) changed.push(invocation)
      this.#built.push(invocation)
    }
    for (const region of touched) {
      const index = regions.indexOf(region)
      const old = this.#built[index]
      if (old === undefined || index >= first) continue
      const invocation = this.#invocationOf(region, old.key, old)
      if (invocation !== old) changed.push(invocation)
      this.#built[index] = invocation
    }
    return { changed, removed: [...before.keys()].filter((key) => !taken.has(key)) }
  }

  #invocationOf(region: Region, key: string, old: Invocation | undefined): Invocation {
    if (old !== undefined && old.hasStart === (region.start !== null) && sameEvents(region, old.events)) return old
    return invocationOf(region, this.#marks, key)
  }

  #keyOf(region: Region): string {
    const first = region.own[0]
    const key = `${this.#name} ${region.requestId ?? first?.id ?? ''}`
    // Lambda repeats an asynchronous invocation under the same id.
    return this.#keys.has(key) ? `${key} ${region.start?.event.id ?? first?.id ?? ''}` : key
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
