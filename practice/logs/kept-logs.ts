import type { DatabaseSync } from 'node:sqlite'
import { type ApiRequest, AwsFault, type EventStream, type Tree } from '../api.ts'
import type { LogWriter } from '../cloud.ts'
import { describeLogGroups, describeLogStreams } from './describe.ts'
import { type Bounds, createEvents } from './events.ts'
import { filterLogEvents, keptSince } from './filter.ts'
import { getLogEvents } from './get.ts'
import { createGroups } from './groups.ts'
import { createLiveTail, type LiveTailLimits } from './live-tail.ts'
import { manage } from './manage.ts'
import type { PageLimits } from './pages.ts'
import { putLogEvents } from './put.ts'
import { createTokens } from './tokens.ts'

export interface KeptLogsOptions {
  readonly report: (text: string) => void
  readonly now: () => number
  readonly limits: PageLimits
  readonly liveTail: LiveTailLimits
  readonly lateMs: () => number
  readonly bounds: Bounds
  readonly staleMs: number
  /** Called where there is something to remove. */
  readonly clean: () => void
}

/** What is removed at once, so that the cloud goes on answering. */
const removedAtOnce = 2_000

/** The groups, streams and events in one open file, and what may be asked of them. Fails with the file's errors. */
export function createKeptLogs(database: DatabaseSync, options: KeptLogsOptions) {
  const { now, lateMs, report, clean } = options
  const groups = createGroups(database)
  const events = createEvents(database, options.bounds, report)
  const liveTail = createLiveTail({ groups, events, now, limits: options.liveTail, report })
  const reading = { groups, events, tokens: createTokens(now), limits: options.limits, now, staleMs: options.staleMs }

  return {
    call(request: ApiRequest): Tree | EventStream {
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
    write(...[region, groupName, streamName, lines]: Parameters<LogWriter['write']>): void {
      if (groups.find(region, groupName) === null) groups.add(region, groupName, now())
      const group = groups.get(region, groupName)
      if (groups.findStream(group, streamName) === null) groups.addStream(group, streamName, now())
      const taken = lines.map(({ at, message, lateMs }) => ({ at, ingested: at + lateMs, message }))
      events.write(group, groups.getStream(group, streamName), taken)
    },
    /** Removes a part of what is no longer kept; false once there is nothing left. */
    cleanSome(): boolean {
      if (events.removeGone(removedAtOnce)) return true
      const expiring = groups.everywhere().filter(({ retention }) => retention !== null)
      if (expiring.some((group) => events.expire(group, keptSince(group, now()), removedAtOnce))) return true
      events.shrink()
      return false
    },
    liveSessions: () => liveTail.sessions(),
    close(): void {
      liveTail.close()
      database.close()
    },
  }
}
