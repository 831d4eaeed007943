import { join } from 'node:path'
import { AwsFault, type Service } from '../api.ts'
import type { LogWriter } from '../cloud.ts'
import { describeLogGroups, describeLogStreams } from './describe.ts'
import { type Bounds, createEvents } from './events.ts'
import { filterLogEvents, keptSince } from './filter.ts'
import { getLogEvents } from './get.ts'
import { createGroups } from './groups.ts'
import { createLiveTail, type LiveTailLimits, usualLiveTail } from './live-tail.ts'
import { manage } from './manage.ts'
import { type PageLimits, usualLimits } from './pages.ts'
import { putLogEvents } from './put.ts'
import { createRates, type Rates, usualRates } from './rates.ts'
import { openStorage } from './storage.ts'
import { createTokens } from './tokens.ts'

export interface LogsOptions {
  /** An existing one; `logs.sqlite` in it holds everything, and survives a restart. */
  readonly folder: string
  readonly report: (text: string) => void
  /** Milliseconds since 1970. Events that are ingested after it are not there yet. */
  readonly now?: () => number
  /** Instead of AWS' own. */
  readonly rates?: Rates
  readonly limits?: Partial<PageLimits>
  readonly liveTail?: Partial<LiveTailLimits>
  /** How long PutLogEvents takes to take events in; none. */
  readonly lateMs?: () => number
  /** What is kept in all; beyond it the oldest go. */
  readonly bounds?: Bounds
  /** For how long DescribeLogStreams does not tell of new events. */
  readonly staleMs?: number
}

export interface Logs {
  readonly service: Service
  readonly writer: LogWriter
  /** How many sessions of Live Tail there are. */
  liveSessions(): number
  /** Ends the sessions of Live Tail and closes the file. */
  close(): void
}

/** A month of made-up sign-ups at a lively pace. */
const usualBounds: Bounds = { events: 2_500_000, bytes: 1_000_000_000 }
/** What is removed at once, so that the cloud goes on answering; and how long until the next. */
const cleaning = { events: 2_000, pauseMs: 20, everyMs: 60_000 } as const

/** CloudWatch Logs of the practice cloud. A file that cannot be read is put aside and told. */
export function openLogs(options: LogsOptions): Logs {
  const { folder, report, now = Date.now, lateMs = () => 0, bounds = usualBounds, staleMs = 60_000 } = options
  const database = openStorage(join(folder, 'logs.sqlite'), report)
  const groups = createGroups(database)
  const events = createEvents(database, bounds, report)
  const tokens = createTokens(now)
  const liveTail = createLiveTail({ groups, events, now, limits: { ...usualLiveTail, ...options.liveTail }, report })
  const takeRate = createRates(options.rates ?? usualRates, now)
  const reading = { groups, events, tokens, limits: { ...usualLimits, ...options.limits }, now, staleMs }

  /** Removes a part of what is no longer kept; false once there is nothing left. */
  const cleanSome = (): boolean => {
    if (events.removeGone(cleaning.events)) return true
    const expired = groups.everywhere().filter(({ retention }) => retention !== null)
    if (expired.some((group) => events.expire(group, keptSince(group, now()), cleaning.events))) return true
    events.shrink()
    return false
  }
  let next: NodeJS.Timeout
  const clean = (): void => {
    clearTimeout(next)
    next = setTimeout(clean, cleanSome() ? cleaning.pauseMs : cleaning.everyMs)
    next.unref()
  }
  next = setTimeout(clean, cleaning.pauseMs).unref()

  const service: Service = {
    async call(request) {
      takeRate(request.region, request.action)
      const managed = Object.hasOwn(manage, request.action) ? manage[request.action] : undefined
      if (managed !== undefined) return managed({ groups, now, clean }, request)
      switch (request.action) {
        case 'DescribeLogGroups':
          return describeLogGroups(reading, request)
        case 'DescribeLogStreams':
          return describeLogStreams(reading, request)
        case 'PutLogEvents':
          return putLogEvents({ groups, events, now, lateMs }, request)
        case 'GetLogEvents':
          return getLogEvents(reading, request)
        case 'FilterLogEvents':
          return filterLogEvents(reading, request)
        case 'StartLiveTail':
          return liveTail.start(request)
        default:
          throw new AwsFault('UnknownOperationException', `The operation ${request.action} is not known.`)
      }
    },
  }
  const writer: LogWriter = {
    write(region, groupName, streamName, lines) {
      if (groups.find(region, groupName) === null) groups.add(region, groupName, now())
      const group = groups.get(region, groupName)
      if (groups.findStream(group, streamName) === null) groups.addStream(group, streamName, now())
      const taken = lines.map(({ at, message, lateMs }) => ({ at, ingested: at + lateMs, message }))
      events.write(group, groups.getStream(group, streamName), taken)
    },
  }
  return {
    service,
    writer,
    liveSessions: () => liveTail.sessions(),
    close() {
      clearTimeout(next)
      liveTail.close()
      database.close()
    },
  }
}
