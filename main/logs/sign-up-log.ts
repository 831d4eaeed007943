import { compareEvents, type LogEvent } from '../../cloudwatch/event.ts'
import type { Invocation } from '../../cloudwatch/invocation.ts'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { toldBy } from '../../cloudwatch/person.ts'
import type { SignUpTrace } from '../../cloudwatch/sign-up.ts'
import { traceSignUps } from '../../cloudwatch/sign-ups.ts'

/** What is kept of a log at most. */
export interface SignUpLogBounds {
  /** Lines of invocations that are not known to be whole. */
  readonly events: number
  /** Characters of those lines. */
  readonly characters: number
  readonly invocations: number
}

export const usualBounds: SignUpLogBounds = { events: 60_000, characters: 32_000_000, invocations: 5_000 }

/** Milliseconds after its END in which a REPORT may still come. */
const reportMs = 60_000
/** Lambda lets no function run longer; one without an end by then has none. */
const longestMs = 16 * 60_000
/** Characters of a line that are kept once its invocation is whole. */
const keptCharacters = 500

interface Stream {
  readonly events: Map<string, LogEvent>
  /** Those that are whole, with what of their lines tells whom they were about. */
  readonly settled: Invocation[]
  /** Lines up to here belong to `settled`. */
  settledTo: number
  open: readonly Invocation[] | null
}

/** The invocations that a log tells of: lines are held only until their invocation is whole. */
export function createSignUpLog(bounds: SignUpLogBounds = usualBounds) {
  const streams = new Map<string, Stream>()
  let traces: readonly SignUpTrace[] | null = null
  let events = 0
  let characters = 0

  const streamOf = (name: string): Stream => {
    const known = streams.get(name)
    if (known !== undefined) return known
    const made: Stream = { events: new Map(), settled: [], settledTo: Number.NEGATIVE_INFINITY, open: null }
    streams.set(name, made)
    return made
  }

  const drop = (stream: Stream, { id, message }: LogEvent) => {
    if (!stream.events.delete(id)) return
    stream.open = null
    events -= 1
    characters -= message.length
  }

  const take = (more: readonly LogEvent[]) => {
    for (const event of more) {
      const stream = streamOf(event.stream)
      if (event.at <= stream.settledTo || stream.events.has(event.id)) continue
      stream.events.set(event.id, event)
      stream.open = null
      events += 1
      characters += event.message.length
    }
    traces = null
  }

  const openOf = (stream: Stream): readonly Invocation[] => {
    stream.open ??= invocationsOf([...stream.events.values()].sort(compareEvents))
    return stream.open
  }

  return {
    take,
    /** What is told of the log from `from` on takes the place of what was known of it. */
    replace(from: number, more: readonly LogEvent[]) {
      for (const stream of streams.values()) {
        for (const event of [...stream.events.values()]) if (event.at >= from) drop(stream, event)
      }
      take(more)
    },
    /** Lets go of the lines of invocations that are whole: all of the log up to `completeUpTo` is there. */
    settle(completeUpTo: number) {
      for (const stream of streams.values()) {
        if (stream.events.size === 0) continue
        for (const invocation of openOf(stream)) {
          const last = invocation.events.reduce((latest, { at }) => Math.max(latest, at), invocation.startedAt)
          const sureAt = invocation.endedAt === null ? last + longestMs : Math.max(last, invocation.endedAt) + reportMs
          if (sureAt > completeUpTo) break
          stream.settled.push(thin(invocation))
          stream.settledTo = Math.max(stream.settledTo, last)
          for (const event of invocation.events) drop(stream, event)
        }
      }
    },
    /** True where no more of the past can be held. */
    isFull: () => events >= bounds.events || characters >= bounds.characters,
    /** Forgets what began before `from`, and the oldest where there is too much. Tells from when on everything is still there, and whether anything went. */
    forget(from: number): { readonly since: number; readonly any: boolean } {
      const starts = [...streams.values()].flatMap(({ settled }) => settled.map(({ startedAt }) => startedAt))
      const first = starts.sort((one, other) => other - one)[bounds.invocations]
      const since = first === undefined ? from : Math.max(from, first + 1)
      let any = false
      for (const [name, stream] of streams) {
        const kept = stream.settled.filter(({ startedAt }) => startedAt >= since)
        const old = [...stream.events.values()].filter(({ at }) => at < since)
        if (kept.length === stream.settled.length && old.length === 0) continue
        any = true
        stream.settled.splice(0, stream.settled.length, ...kept)
        for (const event of old) drop(stream, event)
        if (kept.length === 0 && stream.events.size === 0) streams.delete(name)
      }
      if (any) traces = null
      return { since, any }
    },
    /** The sign-ups, oldest first. */
    traces(): readonly SignUpTrace[] {
      traces ??= traceSignUps([...streams.values()].flatMap((stream) => [...stream.settled, ...openOf(stream)]))
      return traces
    },
    /** Lines that are held. */
    held: () => ({ events, characters }),
  }
}

/** The invocation without the lines that nothing is told from: whom it is about and what failed stay as they were. */
function thin(invocation: Invocation): Invocation {
  const failures = invocation.failures.map((failure) => ({ ...failure, event: short(failure.event) }))
  const whole = tellOf(invocation)
  const reduced = (events: readonly LogEvent[]): Invocation => ({ ...invocation, events, failures })
  const candidates = [[], ...invocation.events.slice(0, 200).map((event) => [event])]
  const events = candidates.find((lines) => tellOf({ ...invocation, events: lines }) === whole)
  return reduced((events ?? invocation.events.slice(0, 200)).map((event) => (event.message.length > 20_000 ? short(event) : event)))
}

const short = (event: LogEvent): LogEvent => ({ ...event, message: event.message.slice(0, keptCharacters) })

/** Whom an invocation is about, and what called it. */
const tellOf = (invocation: Invocation): string => JSON.stringify(toldBy(invocation))
