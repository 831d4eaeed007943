import type { Find, FindContext } from './find.ts'
import type { Line } from './sorted-lines.ts'

/** The lines to look through, as the store has them. */
export interface ScannedLines {
  readonly lines: readonly Line[]
  readonly version: number
  changedFrom(version: number): number
}

/** What was found so far. */
export interface Found {
  /** In the order of the lines. Changed in place while the scan goes on: read it, do not keep it. */
  readonly lines: readonly Line[]
  /** How many lines were looked at, out of how many. */
  readonly searched: number
  readonly of: number
  readonly done: boolean
  /** Grows when the lines found may have changed. */
  readonly version: number
}

/** Milliseconds that a scan takes before it lets the page draw: within one frame in all. */
const slice = 12
/** The first slice may take longer: a plain word is found in 50,000 lines before the next frame, and nothing flickers. */
const firstSlice = 50
/** The clock is read once for so many lines, or so many characters. */
const linesAtOnce = 256
const charactersAtOnce = 262_144

export interface ScanDeps {
  readonly onChange: (found: Found) => void
  /** Calls back once the page could draw and take input. */
  readonly later?: (go: () => void) => void
  readonly clock?: () => number
}

/** Looks through the lines in slices, and after each change only through what changed. */
export interface Scan {
  /** Starts, or goes on after the lines changed. */
  update(): void
  stop(): void
  readonly found: Found
}

/** Lets events and drawing come first; a background tab goes on too, slower. */
const afterEvents = (go: () => void): void => {
  setTimeout(go, 0)
}

export function createScan(
  source: ScannedLines,
  find: Pick<Find, 'matches'>,
  { onChange, later = afterEvents, clock = () => performance.now() }: ScanDeps,
  context?: FindContext,
): Scan {
  const hits: Line[] = []
  /** Where each hit stands among the lines. */
  const places: number[] = []
  let next = 0
  let version: number | null = null
  let waiting = false
  let stopped = false
  let found: Found = { lines: hits, searched: 0, of: source.lines.length, done: false, version: 0 }

  const tell = () => {
    const of = source.lines.length
    found = { lines: hits, searched: next, of, done: next >= of, version: found.version + 1 }
    onChange(found)
  }

  /** Forgets what was found at places that may hold other lines now. */
  const catchUp = () => {
    const from = version === null ? 0 : source.changedFrom(version)
    version = source.version
    if (from >= next) return
    next = from
    while ((places.at(-1) ?? -1) >= from) {
      places.pop()
      hits.pop()
    }
  }

  const work = (time: number) => {
    const end = clock() + time
    while (next < source.lines.length) {
      const until = Math.min(source.lines.length, next + linesAtOnce)
      let characters = 0
      while (next < until && characters < charactersAtOnce) {
        const line = source.lines[next]
        if (line !== undefined) {
          characters += line.message.length
          if (find.matches(line, context)) {
            hits.push(line)
            places.push(next)
          }
        }
        next += 1
      }
      if (clock() >= end) break
    }
    tell()
    if (next < source.lines.length && !waiting) {
      waiting = true
      later(() => {
        waiting = false
        if (stopped) return
        catchUp()
        work(slice)
      })
    }
  }

  return {
    get found() {
      return found
    },
    update() {
      if (stopped) return
      catchUp()
      if (!waiting) work(firstSlice)
    },
    stop() {
      stopped = true
    },
  }
}
