import * as z from 'zod'
import type { SettableClock, Store } from './cloud.ts'

export const clockState = z.object({ speed: z.number().min(1).max(10_000) })
export type ClockState = z.infer<typeof clockState>

/** At this speed a stop or a start, some minutes at AWS, takes some seconds. */
export const firstClockState: ClockState = { speed: 60 }

interface Pending {
  /** What is left of it at the speed of AWS, as of `since`. */
  left: number
  since: number
  timer: NodeJS.Timeout
  readonly work: () => void
}

export interface CloudClock extends SettableClock {
  /** Drops everything that was to come. */
  close(): void
}

/** The cloud's clock. A change of its speed holds for what is under way too. */
export function createClock(store: Store<ClockState>): CloudClock {
  const pending = new Set<Pending>()
  const speed = () => store.value.speed
  const arm = (one: Pending): void => {
    one.since = performance.now()
    one.timer = setTimeout(() => {
      pending.delete(one)
      one.work()
    }, one.left / speed())
  }
  return {
    now: () => new Date(),
    speed,
    after(milliseconds, work) {
      const one: Pending = { left: milliseconds, since: 0, timer: setTimeout(() => {}), work }
      clearTimeout(one.timer)
      pending.add(one)
      arm(one)
      return () => {
        clearTimeout(one.timer)
        pending.delete(one)
      }
    },
    async setSpeed(next) {
      const before = speed()
      const written = store.update(() => ({ speed: next }))
      for (const one of pending) {
        clearTimeout(one.timer)
        one.left = Math.max(0, one.left - (performance.now() - one.since) * before)
        arm(one)
      }
      await written
    },
    close() {
      for (const one of pending) clearTimeout(one.timer)
      pending.clear()
    },
  }
}
