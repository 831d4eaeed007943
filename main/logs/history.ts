import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { HistoryItem } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import { type Clock, passed } from '../data/clock.ts'
import { type Asked, isMissingGroup, type Page, readPage, tokenGuard } from './ask.ts'
import type { Range, Source } from './hub.ts'

/** The pace of one reading: four requests a second. */
const paceMs = 250
/** From here on CloudWatch tells the newest first. */
const newestFirstSince = Date.parse('2024-01-01T00:00:00Z')
const day = 24 * 60 * 60_000
/** An older part that takes more pages than these is followed by a smaller one. */
const mostPages = 5
const retries = 5

export interface HistoryDeps {
  readonly aws: Pick<Aws, 'logs'>
  readonly clock: Clock
}

const byNewest = (events: readonly LogEvent[]): LogEvent[] =>
  events.toSorted((one, other) => other.at - one.at || other.ingested - one.ingested || (one.id < other.id ? 1 : -1))

/** Reads the past of a group, the newest first. A group that is not there has none. Fails as AWS does; ends with the signal. */
export async function* readHistory(
  deps: HistoryDeps,
  source: Source,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<HistoryItem, void> {
  const ask = paced(deps, source, signal)
  const { group } = source
  const { from, to, pattern } = range
  const middle = Math.min(to, Math.max(from, newestFirstSince))
  try {
    if (middle < to) yield* newestFirst(ask, group, { from: middle, to, pattern }, middle <= from)
    if (from < middle) yield* inParts(ask, group, { from, to: middle, pattern })
    if (from >= to) yield { group, events: [], reachedDownTo: from, done: true }
  } catch (error) {
    if (!isMissingGroup(error)) throw error
    yield { group, events: [], reachedDownTo: from, done: true }
  }
}

type Ask = (asked: Asked) => Promise<Page>

/** What may pass by itself within seconds. */
const passing = /^(THROTTLED|UNREACHABLE|LOST|TIMEOUT)$/

function paced({ aws, clock }: HistoryDeps, source: Source, signal: AbortSignal): Ask {
  let last = Number.NEGATIVE_INFINITY
  return async (asked) => {
    for (let failures = 0; ; ) {
      await passed(clock, Math.max(0, last + paceMs - clock.now()), signal)
      last = clock.now()
      try {
        return await readPage(aws, source, asked, { signal, background: false })
      } catch (error) {
        failures += 1
        if (!(error instanceof Failure) || !passing.test(error.code) || failures > retries || signal.aborted) throw error
        await passed(clock, 500 * 2 ** failures, signal)
      }
    }
  }
}

async function* newestFirst(ask: Ask, group: string, range: Range, isLast: boolean): AsyncGenerator<HistoryItem, void> {
  const { from, to, pattern } = range
  const guard = tokenGuard(group)
  let token: string | null = null
  let reached = to
  /** An endpoint that knows no newest-first answers as it always did: then nothing is complete before the end. */
  let order: 'unknown' | 'falling' | 'rising' = 'unknown'
  let before: number | null = null
  do {
    const page: Page = await ask({ from, to, token, newestFirst: true, pattern })
    for (const { at } of page.events) {
      if (before !== null && at > before) order = 'rising'
      else if (before !== null && at < before && order === 'unknown') order = 'falling'
      before = at
    }
    token = page.next
    if (token !== null) guard(token)
    // More events of the oldest millisecond may stand on the next page.
    if (order === 'falling' && before !== null) reached = Math.min(reached, before + 1)
    const ended = token === null
    yield { group, events: byNewest(page.events), reachedDownTo: ended ? from : reached, done: ended && isLast }
  } while (token !== null)
}

/** The oldest times, which CloudWatch tells only forwards: part by part, each read to its end. */
async function* inParts(ask: Ask, group: string, { from, to, pattern }: Range): AsyncGenerator<HistoryItem, void> {
  let length = day
  for (let end = to; end > from; ) {
    const start = Math.max(from, end - length)
    const guard = tokenGuard(group)
    const events: LogEvent[] = []
    let token: string | null = null
    let pages = 0
    do {
      const page: Page = await ask({ from: start, to: end, token, pattern })
      for (const one of page.events) events.push(one)
      token = page.next
      if (token !== null) {
        guard(token)
        yield { group, events: [], reachedDownTo: end, done: false }
      }
      pages += 1
    } while (token !== null)
    yield { group, events: byNewest(events), reachedDownTo: start, done: start <= from }
    if (pages === 1) length *= 2
    else if (pages > mostPages) length = Math.max(60_000, length / 4)
    end = start
  }
}
