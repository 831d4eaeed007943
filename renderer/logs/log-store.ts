import type { LogEvent } from '../../cloudwatch/event.ts'
import { ChangeLog } from './change-log.ts'
import { compareLines, firstAt, type Line, mergeInto } from './sorted-lines.ts'

/** What the page holds at most. */
export interface Limits {
  readonly lines: number
  readonly characters: number
}

export const pageLimits: Limits = { lines: 200_000, characters: 40_000_000 }

/** How much stays when the oldest go: not one at a time, because everything derived of the lines is made anew then. */
const kept = 0.95

/** The loaded lines of one stream in CloudWatch's order. */
export interface StreamLines {
  readonly group: string
  readonly stream: string
  /** Changed in place: read it, do not keep it. */
  readonly lines: readonly Line[]
  readonly version: number
  /** The first index of `lines` that may hold another than at that version; Infinity where nothing changed. */
  changedFrom(version: number): number
}

/** The loaded lines of the chosen log groups in CloudWatch's order, each once; the oldest go where they become too many. */
export interface LogStore {
  /** Changed in place: read it, do not keep it. */
  readonly lines: readonly Line[]
  /** Grows with each change: `useSyncExternalStore(store.subscribe, () => store.version)`. */
  readonly version: number
  /** Of all messages. */
  readonly characters: number
  /** How many lines went because the page holds no more. */
  readonly dropped: number
  changedFrom(version: number): number
  /** Every stream that has a loaded line; the same object for as long as it has one. */
  streams(): readonly StreamLines[]
  stream(group: string, stream: string): StreamLines | null
  /** All lines of the group from then on are there; null before the first answer. Milliseconds since 1970. */
  loadedFrom(group: string): number | null
  subscribe(listener: () => void): () => void
}

/** What following does with the store. Events may come in any order, and again. */
export interface WritableLogStore extends LogStore {
  add(group: string, events: readonly LogEvent[]): void
  /** What is there of the group from then on is replaced. */
  replaceFrom(group: string, from: number, events: readonly LogEvent[]): void
  /** Older lines, complete down to that time. False where the page holds no more: then the oldest are not kept. */
  addPast(group: string, events: readonly LogEvent[], reachedDownTo: number): boolean
}

class Stream implements StreamLines {
  readonly lines: Line[] = []
  readonly changes = new ChangeLog()
  readonly group: string
  readonly stream: string
  constructor(group: string, stream: string) {
    this.group = group
    this.stream = stream
  }
  get version() {
    return this.changes.version
  }
  changedFrom(version: number) {
    return this.changes.changedFrom(version)
  }
}

export function createLogStore(limits: Limits = pageLimits): WritableLogStore {
  const lines: Line[] = []
  const changes = new ChangeLog()
  const groups = new Map<string, Map<string, Stream>>()
  const loaded = new Map<string, number>()
  const listeners = new Set<() => void>()
  let characters = 0
  let dropped = 0
  let streamList: readonly Stream[] | null = null

  const streamOf = (group: string, name: string): Stream => {
    let streams = groups.get(group)
    if (streams === undefined) {
      streams = new Map()
      groups.set(group, streams)
    }
    let stream = streams.get(name)
    if (stream === undefined) {
      stream = new Stream(group, name)
      streams.set(name, stream)
      streamList = null
    }
    return stream
  }

  const forget = (stream: Stream) => {
    groups.get(stream.group)?.delete(stream.stream)
    streamList = null
  }

  /** Every line of a stream has the stream's own name and group: one string each, however many lines. */
  const toLines = (group: string, events: readonly LogEvent[]): Line[] =>
    events
      .map(({ id, stream, at, ingested, message }) => {
        const own = streamOf(group, stream)
        return { group: own.group, id, stream: own.stream, at, ingested, message }
      })
      .sort(compareLines)

  const byStream = (some: readonly Line[]): Map<Stream, Line[]> => {
    const parts = new Map<Stream, Line[]>()
    for (const line of some) {
      const stream = streamOf(line.group, line.stream)
      const part = parts.get(stream)
      if (part) part.push(line)
      else parts.set(stream, [line])
    }
    return parts
  }

  const merge = (batch: readonly Line[]) => {
    const { from, added } = mergeInto(lines, batch)
    if (added.length === 0) return
    for (const line of added) characters += line.message.length
    for (const [stream, part] of byStream(added)) stream.changes.note(mergeInto(stream.lines, part).from)
    changes.note(from)
  }

  /** Lets the oldest go; true where any went. */
  const trim = (): boolean => {
    if (lines.length <= limits.lines && characters <= limits.characters) return false
    let count = 0
    let rest = characters
    while (count < lines.length && (lines.length - count > limits.lines * kept || rest > limits.characters * kept)) {
      rest -= lines[count]?.message.length ?? 0
      count += 1
    }
    const gone = lines.splice(0, count)
    characters = rest
    dropped += count
    for (const [stream, part] of byStream(gone)) {
      stream.lines.splice(0, part.length)
      stream.changes.note(0)
      if (stream.lines.length === 0) forget(stream)
    }
    const from = (gone.at(-1)?.at ?? 0) + 1
    for (const [group, before] of loaded) loaded.set(group, Math.max(before, from))
    changes.note(0)
    return true
  }

  const tell = () => {
    for (const listener of listeners) listener()
  }

  return {
    lines,
    get version() {
      return changes.version
    },
    get characters() {
      return characters
    },
    get dropped() {
      return dropped
    },
    changedFrom: (version) => changes.changedFrom(version),
    streams() {
      streamList ??= [...groups.values()].flatMap((streams) => [...streams.values()])
      return streamList
    },
    stream: (group, stream) => groups.get(group)?.get(stream) ?? null,
    loadedFrom: (group) => loaded.get(group) ?? null,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(group, events) {
      merge(toLines(group, events))
      trim()
      tell()
    },
    replaceFrom(group, from, events) {
      const start = firstAt(lines, from)
      const rest = lines.splice(start)
      const gone = rest.filter((line) => line.group === group)
      for (const line of rest) if (line.group !== group) lines.push(line)
      for (const line of gone) characters -= line.message.length
      const emptied: Stream[] = []
      for (const [stream, part] of byStream(gone)) {
        stream.lines.splice(stream.lines.length - part.length)
        stream.changes.note(stream.lines.length)
        if (stream.lines.length === 0) emptied.push(stream)
      }
      if (gone.length > 0) changes.note(start)
      merge(toLines(group, events))
      for (const stream of emptied) if (stream.lines.length === 0) forget(stream)
      loaded.set(group, Math.min(loaded.get(group) ?? from, from))
      trim()
      tell()
    },
    addPast(group, events, reachedDownTo) {
      merge(toLines(group, events))
      loaded.set(group, Math.min(loaded.get(group) ?? reachedDownTo, reachedDownTo))
      const full = trim()
      tell()
      return !full
    },
  }
}
