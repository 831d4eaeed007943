import type { LogEvent } from '../../cloudwatch/event.ts'
import type { HistoryItem } from '../../preload/contract/logs.ts'

/** What is still to be read of one group, from its end to its beginning. Milliseconds since 1970, `to` exclusive. */
export interface Range {
  readonly group: string
  readonly from: number
  readonly to: number
}

export interface PastState {
  readonly reading: boolean
  /** How far back reading goes. */
  readonly backTo: number
  /** How far back it came, of the group that is furthest behind; null before it began. */
  readonly reached: number | null
  /** What lies between lines that are there, and is not there yet. */
  readonly gaps: readonly Range[]
  /** Why reading stopped. It goes on with the next attempt. */
  readonly problem: unknown
  /** The page holds no more lines. */
  readonly full: boolean
  /** The user stopped it before it was done. */
  readonly stopped: boolean
}

export interface Past {
  state(): PastState
  /** The group is there from then on. */
  begin(group: string, from: number): void
  /** Between the two something may be missing. */
  fill(group: string, from: number, to: number): void
  readBack(to: number): void
  stop(): void
  close(): void
}

interface PastDeps {
  read(range: Range, signal: AbortSignal): Promise<AsyncIterable<HistoryItem>>
  /** False where there is no room for more. */
  add(group: string, events: readonly LogEvent[], reachedDownTo: number): boolean
  onChange(state: PastState): void
  readonly backTo: number
}

/** Reads the past of some groups page by page, one range of each group at a time. */
export function createPast({ read, add, onChange, backTo }: PastDeps): Past {
  let state: PastState = { reading: false, backTo, reached: null, gaps: [], problem: null, full: false, stopped: false }
  /** Down to when each group is there. */
  const reached = new Map<string, number>()
  const reading = new Map<string, AbortController>()
  let gaps: readonly Range[] = []

  const tell = (to: Partial<PastState> = {}) => {
    state = { ...state, reading: reading.size > 0, gaps, reached: reached.size === 0 ? null : Math.max(...reached.values()), ...to }
    onChange(state)
  }

  /** The newest of what is missing comes first. */
  const nextOf = (group: string): { range: Range; isGap: boolean } | null => {
    const gap = gaps.filter((each) => each.group === group).at(-1)
    if (gap) return { range: gap, isGap: true }
    const to = reached.get(group)
    if (to === undefined || to <= state.backTo || state.full || state.stopped) return null
    return { range: { group, from: state.backTo, to }, isGap: false }
  }

  const cut = (range: Range, to: number) => {
    gaps = gaps.flatMap((each) =>
      each.group !== range.group || each.from !== range.from ? [each] : to <= each.from ? [] : [{ ...each, to }],
    )
  }

  const readRange = async ({ range, isGap }: { range: Range; isGap: boolean }, signal: AbortSignal) => {
    for await (const page of await read(range, signal)) {
      if (signal.aborted) return
      const down = page.done ? range.from : page.reachedDownTo
      const hasRoom = add(range.group, page.events, down)
      if (isGap) cut(range, down)
      else reached.set(range.group, down)
      tell(hasRoom || isGap ? {} : { full: true })
      if (page.done || (!hasRoom && !isGap)) return
    }
    if (isGap) cut(range, range.from)
    else reached.set(range.group, range.from)
  }

  const work = async (group: string) => {
    if (reading.has(group)) return
    const controller = new AbortController()
    reading.set(group, controller)
    tell({ problem: null })
    let problem: unknown = null
    try {
      for (let next = nextOf(group); next && !controller.signal.aborted; next = nextOf(group)) await readRange(next, controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) problem = error
    }
    if (reading.get(group) === controller) reading.delete(group)
    tell(problem === null ? {} : { problem })
  }

  const halt = () => {
    for (const controller of reading.values()) controller.abort()
    reading.clear()
  }

  return {
    state: () => state,
    begin(group, from) {
      reached.set(group, from)
      void work(group)
    },
    fill(group, from, to) {
      if (from < to) gaps = [...gaps, { group, from, to }]
      // Also what a lost line kept from being read.
      void work(group)
    },
    readBack(to) {
      halt()
      tell({ backTo: to, stopped: false, full: false })
      for (const group of reached.keys()) void work(group)
    },
    stop() {
      halt()
      tell({ stopped: true })
      for (const group of reached.keys()) if (gaps.some((gap) => gap.group === group)) void work(group)
    },
    close: halt,
  }
}
