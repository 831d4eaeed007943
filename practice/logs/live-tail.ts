import { randomUUID } from 'node:crypto'
import { type ApiRequest, AwsFault, EventStream, type StreamMessage, type Tree } from '../api.ts'
import type { Events, StoredEvent } from './events.ts'
import { patternOf } from './filter.ts'
import type { Groups } from './groups.ts'
import { groupArn, namedByArn, unfitList } from './names.ts'
import { invalid } from './refusals.ts'

/** From the reference of StartLiveTail and its quotas. */
export interface LiveTailLimits {
  readonly sessions: number
  /** How often an update comes. */
  readonly everyMs: number
  readonly endsAfterMs: number
  readonly eventsAnUpdate: number
  /** Updates that wait for a slow reader; then the oldest is dropped. */
  readonly waiting: number
}

export const usualLiveTail: LiveTailLimits = {
  sessions: 15,
  everyMs: 1_000,
  endsAfterMs: 3 * 60 * 60 * 1_000,
  eventsAnUpdate: 500,
  waiting: 10,
}

/** An update's text; what is beyond it is left out as if by sampling. */
const updateBytes = 4_000_000
/** What one look goes over, at most. */
const scannedEvents = 50_000

export interface LiveTailDeps {
  readonly groups: Groups
  readonly events: Events
  readonly now: () => number
  readonly limits: LiveTailLimits
  readonly report: (text: string) => void
}

/** The sessions of StartLiveTail. */
export function createLiveTail({ groups, events, now, limits, report }: LiveTailDeps) {
  const sessions = new Map<string, () => void>()

  const start = ({ region, params }: ApiRequest): EventStream => {
    const identifiers = params.texts('logGroupIdentifiers')
    const names = params.texts('logStreamNames')
    const prefixes = params.texts('logStreamNamePrefixes')
    const text = params.text('logEventFilterPattern') ?? ''
    if (identifiers.length < 1) throw unfitList('logGroupIdentifiers', 'greater than or equal to 1')
    if (identifiers.length > 10) throw unfitList('logGroupIdentifiers', 'less than or equal to 10')
    if (names.length > 0 && prefixes.length > 0) throw invalid('logStreamNames and logStreamNamePrefixes cannot both be specified.')
    if (identifiers.length > 1 && names.length + prefixes.length > 0)
      throw invalid('Log streams can only be specified where there is one log group.')
    const followed = new Map(
      identifiers.map((identifier) => {
        const group = groups.get(region, namedByArn(identifier, region))
        if (group.logClass !== 'STANDARD')
          throw new AwsFault('InvalidOperationException', `Live Tail is not supported for log groups of the class ${group.logClass}.`)
        return [group.id, groupArn(region, group.name)] as const
      }),
    )
    for (const name of names) for (const id of followed.keys()) groups.requireStream(id, name)
    const pattern = patternOf(text)
    if (sessions.size >= limits.sessions) throw new AwsFault('LimitExceededException', 'Rate exceeded')

    let seen = { at: now(), seq: events.newest() }
    const streamNames = new Map<number, string | null>()
    const streamOf = ({ streamId }: StoredEvent): string | null => {
      if (!streamNames.has(streamId)) streamNames.set(streamId, groups.streamName(streamId))
      const name = streamNames.get(streamId) ?? null
      const isChosen =
        (names.length === 0 || names.includes(name ?? '')) && (prefixes.length === 0 || prefixes.some((one) => name?.startsWith(one)))
      return isChosen ? name : null
    }
    const update = (): StreamMessage => {
      const until = { at: now(), seq: events.newest() }
      const sample = createSample(limits.eventsAnUpdate)
      let scanned = 0
      for (const event of events.appeared(seen.at, seen.seq, until.at)) {
        scanned += 1
        if (scanned > scannedEvents) sample.leaveOut()
        if (scanned > scannedEvents) break
        if (followed.has(event.groupId) && streamOf(event) !== null && pattern?.matches(event.message) !== false) sample.offer(event)
      }
      seen = until
      const { kept, sampled } = sample.taken()
      const results = kept.map((event) => ({
        logStreamName: streamOf(event) ?? '',
        logGroupIdentifier: followed.get(event.groupId) ?? '',
        message: event.message,
        timestamp: event.at,
        ingestionTime: event.ingested,
      }))
      return event('sessionUpdate', { sessionMetadata: { sampled }, sessionResults: results })
    }

    const id = randomUUID()
    const waiting: StreamMessage[] = []
    let isOver = false
    let wake = (): void => {}
    const push = (message: StreamMessage): void => {
      waiting.push(message)
      // The first message says what the session is, and is not one of the updates.
      while (waiting.filter(({ type }) => type === 'sessionUpdate').length > limits.waiting) {
        waiting.splice(
          waiting.findIndex(({ type }) => type === 'sessionUpdate'),
          1,
        )
      }
      wake()
    }
    const end = (): void => {
      clearInterval(every)
      clearTimeout(timeout)
      sessions.delete(id)
      isOver = true
      wake()
    }
    const fail = (type: string, message: string): void => {
      push({ kind: 'exception', type, payload: { message } })
      end()
    }
    const look = (): void => {
      try {
        push(update())
      } catch (error) {
        report(`A Live Tail session of the practice cloud failed: ${error instanceof Error ? error.message : String(error)}`)
        fail('SessionStreamingException', 'The Live Tail session failed.')
      }
    }
    const every = setInterval(look, limits.everyMs)
    const timeout = setTimeout(() => fail('SessionTimeoutException', 'The Live Tail session has timed out.'), limits.endsAfterMs)
    sessions.set(id, end)
    push(
      event('sessionStart', {
        requestId: randomUUID(),
        sessionId: id,
        logGroupIdentifiers: [...followed.values()],
        logStreamNames: names,
        logStreamNamePrefixes: prefixes,
        logEventFilterPattern: text,
      }),
    )
    async function* messages(): AsyncGenerator<StreamMessage> {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) yield next
        else if (isOver) return
        else {
          const woken = Promise.withResolvers<void>()
          wake = woken.resolve
          await woken.promise
        }
      }
    }
    return new EventStream(messages(), end)
  }

  return {
    start,
    /** How many sessions there are. */
    sessions: () => sessions.size,
    close(): void {
      for (const end of [...sessions.values()]) end()
    },
  }
}

const event = (type: string, payload: Tree): StreamMessage => ({ kind: 'event', type, payload })

/** Keeps as many as `size` of what is offered, each as likely as any other, in the order in which they came. */
function createSample(size: number) {
  const kept: { readonly index: number; readonly event: StoredEvent }[] = []
  let offered = 0
  let leftOut = false
  return {
    leaveOut() {
      leftOut = true
    },
    offer(event: StoredEvent) {
      const index = offered++
      if (kept.length < size) kept.push({ index, event })
      else {
        leftOut = true
        const place = Math.floor(Math.random() * offered)
        if (place < size) kept[place] = { index, event }
      }
    },
    taken(): { readonly kept: readonly StoredEvent[]; readonly sampled: boolean } {
      const inOrder = kept.toSorted((a, b) => a.index - b.index).map(({ event }) => event)
      let bytes = 0
      const fitting = inOrder.filter((event) => {
        bytes += event.bytes
        return bytes <= updateBytes
      })
      return { kept: fitting, sampled: leftOut || fitting.length < inOrder.length }
    },
  }
}
