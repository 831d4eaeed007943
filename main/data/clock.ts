/** Time as whatever waits sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once, after so many milliseconds; gives back what takes it off. */
  after(ms: number, work: () => void): () => void
}

/** Longer waits would end at once in a timer of Node. */
const longestMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after(ms, work) {
    const timer = setTimeout(work, Math.min(ms, longestMs))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Waits; true where the whole time passed, false where the signal ended it. */
export function passed(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const stopped = () => {
      off()
      resolve(false)
    }
    const off = clock.after(ms, () => {
      signal.removeEventListener('abort', stopped)
      resolve(true)
    })
    signal.addEventListener('abort', stopped, { once: true })
  })
}
