import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../../main/data/clock.ts'

/** A clock that goes on only when it is told to; what is due is called in order. */
export function createTestClock(start = Date.parse('2026-11-21T12:00:00Z')) {
  let now = start
  const waiting = new Set<{ readonly at: number; readonly work: () => void }>()
  const clock: Clock = {
    now: () => now,
    after(ms, work) {
      const entry = { at: now + ms, work }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
  }
  const earliest = () => [...waiting].sort((one, other) => one.at - other.at)[0]
  return {
    clock,
    now: () => now,
    waits: () => waiting.size,
    /** When the next thing is due; null where nothing waits. */
    nextAt: () => earliest()?.at ?? null,
    /** Time passes, with what becomes due in it. `settled` is waited for before each step. */
    async pass(ms: number, settled: () => Promise<void> = async () => void (await nextTurn())): Promise<void> {
      const end = now + ms
      for (;;) {
        await settled()
        const next = earliest()
        if (next === undefined || next.at > end) break
        waiting.delete(next)
        now = Math.max(now, next.at)
        next.work()
      }
      now = end
    },
    /** Time passes while nothing runs, as in a machine that sleeps. */
    sleep(ms: number): void {
      now += ms
    },
  }
}
