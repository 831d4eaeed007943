import type { Outcome } from '../../cloudwatch/invocation.ts'
import type { InvocationRow } from './invocation-rows.ts'
import { isTrouble } from './outcomes.ts'

/** One bar of the timeline: an invocation, or several that lie too close together to be drawn one by one. */
export interface Mark {
  readonly key: string
  /** The row that a click leads to; of several the one that went worst. */
  readonly row: string
  readonly from: number
  readonly to: number
  readonly initMs: number
  readonly lane: number
  readonly outcome: Outcome
  readonly count: number
  /** How many of them went wrong. */
  readonly troubles: number
}

export interface Timeline {
  readonly from: number
  readonly to: number
  readonly lanes: number
  /** In order of time. */
  readonly marks: readonly Mark[]
}

interface Run {
  readonly key: string
  readonly row: string
  readonly from: number
  readonly to: number
  readonly initMs: number
  readonly outcome: Outcome
}

const worst: readonly Outcome[] = ['failed', 'timed out', 'hidden error', 'open', 'ok']
const worse = (a: Outcome, b: Outcome): boolean => worst.indexOf(a) < worst.indexOf(b)

const runsOf = (rows: readonly InvocationRow[], now: number): Run[] =>
  rows
    .flatMap(({ key: row, group, attempts }) =>
      attempts.map(({ key, startedAt, endedAt, durationMs, initMs, outcome }) => ({
        key: `${group}\n${key}`,
        row,
        // A cold start lies ahead of what START tells.
        from: startedAt - (initMs ?? 0),
        to: Math.max(startedAt, durationMs === null ? (endedAt ?? Math.min(now, startedAt + 60_000)) : startedAt + durationMs),
        initMs: initMs ?? 0,
        outcome,
      })),
    )
    .sort((a, b) => a.from - b.from)

/** Those that overlap stand under each other; the last lane takes what finds no free one. */
function inLanes(runs: readonly Omit<Mark, 'lane'>[], gapMs: number, mostLanes: number): { marks: Mark[]; lanes: number } {
  const free: number[] = []
  const marks = runs.map((run) => {
    const found = free.findIndex((until) => until + gapMs <= run.from)
    const lane = found >= 0 ? found : Math.min(free.length, mostLanes - 1)
    free[lane] = Math.max(free[lane] ?? 0, run.to)
    return { ...run, lane }
  })
  return { marks, lanes: Math.max(1, free.length) }
}

/** The runs side by side in one span of time, at most `most` marks: above that, neighbours are told as one. */
export function timelineOf(rows: readonly InvocationRow[], now: number, most = 500, mostLanes = 6): Timeline | null {
  const runs = runsOf(rows, now)
  const first = runs[0]
  if (first === undefined) return null
  const from = first.from
  const to = runs.reduce((last, run) => Math.max(last, run.to), from + 1_000)
  const gapMs = (to - from) / 400
  if (runs.length <= most) {
    const single = runs.map((run) => ({ ...run, count: 1, troubles: isTrouble(run.outcome) ? 1 : 0 }))
    return { from, to, ...inLanes(single, gapMs, mostLanes) }
  }
  // Two lanes: what went well above, what went wrong below, so that a single failure among thousands is seen.
  const width = (to - from) / Math.floor(most / 2)
  const heaps = new Map<string, Mark>()
  for (const run of runs) {
    const slot = Math.min(Math.floor(most / 2) - 1, Math.floor((run.from - from) / width))
    const lane = isTrouble(run.outcome) ? 1 : 0
    const key = `${slot} ${lane}`
    const heap = heaps.get(key)
    const isWorse = heap === undefined || worse(run.outcome, heap.outcome)
    heaps.set(key, {
      key,
      row: isWorse ? run.row : heap.row,
      from: from + slot * width,
      to: from + (slot + 1) * width,
      initMs: 0,
      lane,
      outcome: isWorse ? run.outcome : heap.outcome,
      count: (heap?.count ?? 0) + 1,
      troubles: (heap?.troubles ?? 0) + lane,
    })
  }
  return { from, to, lanes: 2, marks: [...heaps.values()] }
}
