import { setTimeout as wait } from 'node:timers/promises'
import PQueue from 'p-queue'

/** How long fewer calls are made after AWS has asked for it, and how far apart they are then; milliseconds. */
export interface Slowness {
  readonly forMs: number
  readonly gapMs: number
}
export const usualSlowness: Slowness = { forMs: 30_000, gapMs: 500 }

/** The calls that one AWS account may be asked: users' calls first, and fewer while AWS throttles. */
export interface Budget {
  /** Waits for a turn. Rejects with the signal's reason. */
  turn(background: boolean, signal: AbortSignal): Promise<void>
  /** AWS has asked to call less often. */
  slow(): void
  readonly slowed: boolean
}

export function createBudget(callsPerSecond: number, slowness: Slowness = usualSlowness): Budget {
  const queue = new PQueue({ interval: 1000, intervalCap: callsPerSecond, strict: true, concurrency: callsPerSecond })
  let slowUntil = 0
  const slowed = () => Date.now() < slowUntil
  return {
    async turn(background, signal) {
      queue.concurrency = slowed() ? 1 : callsPerSecond
      await queue.add(() => (slowed() ? wait(slowness.gapMs, undefined, { signal }) : undefined), { priority: background ? 0 : 1, signal })
    },
    slow() {
      slowUntil = Date.now() + slowness.forMs
      queue.concurrency = 1
    },
    get slowed() {
      return slowed()
    },
  }
}
