import type { Clock } from '../../../main/data/clock.ts'

/** A clock that stands still until it is told to go on; what is due is called in order. */
export function manualClock(start = Date.parse('2026-11-21T12:00:00Z')) {
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
  return {
    clock,
    waiting: () => waiting.size,
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
        if (next === undefined) break
        waiting.delete(next)
        now = Math.max(now, next.at)
        next.work()
      }
      now = end
    },
  }
}
