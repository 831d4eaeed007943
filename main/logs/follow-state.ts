import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure, type Problem, problemOf } from '../../preload/contract/errors.ts'

/** An error as a part of the state; one that is not of the contract is logged whole. */
export function problemOfLook(error: unknown, what: string, log: (text: string) => void): Problem {
  if (error instanceof Failure) return problemOf(error)
  log(`logs: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return { code: 'INTERNAL', message: `Basepair could not ${what}, by a fault of its own. Its log has the details.` }
}

/** What lay between events and their ingestion: the median of the last hundred. */
export function createDelays() {
  const latest: number[] = []
  return {
    add(events: readonly LogEvent[]): void {
      for (const { at, ingested } of events.slice(-100)) latest.push(Math.max(0, ingested - at))
      latest.splice(0, Math.max(0, latest.length - 100))
    },
    median(): number | null {
      return [...latest].sort((one, other) => one - other)[Math.floor(latest.length / 2)] ?? null
    },
  }
}

/** How often something was done in the last minute. */
export function createRate() {
  const times: number[] = []
  const forget = (now: number) => {
    while (times[0] !== undefined && times[0] <= now - 60_000) times.shift()
  }
  return {
    add(now: number): void {
      times.push(now)
      forget(now)
    },
    perMinute(now: number): number {
      forget(now)
      return times.length
    },
  }
}
