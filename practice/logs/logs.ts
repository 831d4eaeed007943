import { join } from 'node:path'
import { AwsFault, type Service } from '../api.ts'
import type { LogWriter } from '../cloud.ts'
import type { Bounds } from './events.ts'
import { createKeptLogs } from './kept-logs.ts'
import { type LiveTailLimits, usualLiveTail } from './live-tail.ts'
import { type PageLimits, usualLimits } from './pages.ts'
import { createRates, type Rates, usualRates } from './rates.ts'
import { isDamage, openStorage, putAside } from './storage.ts'

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
const cleaning = { pauseMs: 20, everyMs: 60_000 } as const

/** CloudWatch Logs of the practice cloud. A file that cannot be read, now or later, is put aside and told, and the logs begin anew. */
export function openLogs(options: LogsOptions): Logs {
  const { folder, report, now = Date.now, lateMs = () => 0, bounds = usualBounds, staleMs = 60_000 } = options
  const path = join(folder, 'logs.sqlite')
  const takeRate = createRates(options.rates ?? usualRates, now)
  const limits = { ...usualLimits, ...options.limits }
  const liveTail = { ...usualLiveTail, ...options.liveTail }
  const open = () =>
    createKeptLogs(openStorage(path, report), { report, now, limits, liveTail, lateMs, bounds, staleMs, clean: () => clean() })
  let kept = open()

  /** Whatever fails because of the file, fails once. */
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (!isDamage(error)) throw error
      kept.close()
      putAside(path, error, report)
      kept = open()
      throw new AwsFault('ServiceUnavailableException', 'The service cannot complete the request.', 503)
    }
  }
  const told = (what: string, work: () => void): void => {
    try {
      guarded(work)
    } catch (error) {
      report(`The practice cloud's logs ${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  let next: NodeJS.Timeout
  const clean = (): void => {
    clearTimeout(next)
    let isMore = false
    told('could not be cleaned', () => {
      isMore = kept.cleanSome()
    })
    next = setTimeout(clean, isMore ? cleaning.pauseMs : cleaning.everyMs).unref()
  }
  next = setTimeout(clean, cleaning.pauseMs).unref()

  return {
    service: {
      async call(request) {
        takeRate(request.region, request.action)
        return guarded(() => kept.call(request))
      },
    },
    // A function goes on when its lines are lost, as at AWS.
    writer: { write: (...line) => told('did not take lines in', () => kept.write(...line)) },
    liveSessions: () => kept.liveSessions(),
    close() {
      clearTimeout(next)
      kept.close()
    },
  }
}
