interface Source {
  readonly version: number
  subscribe(listener: () => void): () => void
}

export interface PacedDeps {
  /** Milliseconds. */
  readonly clock?: () => number
  /** Calls back after so many milliseconds, unless it is ended before. */
  readonly later?: (go: () => void, ms: number) => () => void
}

/** What is derived of a source, for `useSyncExternalStore`. */
export interface Paced<Value> {
  readonly value: () => Value
  readonly subscribe: (listener: () => void) => () => void
}

/** After a reading so many times as long as it took is left to everything else. */
const share = 9
const longestMs = 2_000

const timer = (go: () => void, ms: number): (() => void) => {
  const waiting = setTimeout(go, ms)
  return () => clearTimeout(waiting)
}

/**
 * Reads a source after each change: at once where reading is quick, as with some lines a second; where it takes long, as while the past of
 * many streams comes page by page, only so often that it takes a tenth of the time. The latest change is always read in the end.
 */
export function createPaced<Value>(
  source: Source,
  read: () => Value,
  { clock = () => performance.now(), later = timer }: PacedDeps = {},
): Paced<Value> {
  const listeners = new Set<() => void>()
  let stop = () => {}
  let waiting: (() => void) | null = null
  let version = 0
  let dueAt = 0

  const readNow = (): Value => {
    const start = clock()
    version = source.version
    const result = read()
    const end = clock()
    dueAt = end + Math.min(longestMs, (end - start) * share)
    return result
  }
  let value = readNow()

  const renew = () => {
    waiting = null
    value = readNow()
    for (const listener of listeners) listener()
  }
  const changed = () => {
    if (waiting !== null || version === source.version) return
    const left = dueAt - clock()
    if (left <= 0) renew()
    else waiting = later(renew, left)
  }

  return {
    value: () => value,
    subscribe(listener) {
      listeners.add(listener)
      if (listeners.size === 1) {
        stop = source.subscribe(changed)
        changed()
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stop()
        waiting?.()
        waiting = null
      }
    },
  }
}
