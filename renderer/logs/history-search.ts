import type { HistoryItem } from '../../preload/contract/logs.ts'
import type { Find } from './find.ts'
import { type Line, mergeInto } from './sorted-lines.ts'

/** How searching back in time goes. Times are milliseconds since 1970. */
export interface HistorySearchState {
  /** `full`: more was found than is shown; a narrower question finds the others. */
  readonly state: 'searching' | 'done' | 'stopped' | 'full' | 'failed'
  /** All lines from here on were looked at, of every group. */
  readonly reached: number
  /** How far back it goes. */
  readonly from: number
  /** In CloudWatch's order; changed in place. */
  readonly lines: readonly Line[]
  /** Grows with the lines. */
  readonly version: number
  readonly problem: unknown
}

export interface HistorySearch {
  readonly get: () => HistorySearchState
  stop(): void
}

/** As many as are shown. */
const mostLines = 5_000

interface Search {
  readonly groups: readonly string[]
  readonly from: number
  readonly to: number
  readonly find: Pick<Find, 'matches'>
  readonly read: (signal: AbortSignal) => Promise<AsyncIterable<HistoryItem>>
  readonly onChange: (state: HistorySearchState) => void
}

/** Goes through the past of some groups, newest first, and keeps what the finder asks for. Ends by itself, by `stop`, and where reading fails. */
export function startHistorySearch({ groups, from, to, find, read, onChange }: Search): HistorySearch {
  const lines: Line[] = []
  const reached = new Map(groups.map((group) => [group, to]))
  const controller = new AbortController()
  let state: HistorySearchState = { state: 'searching', reached: to, from, lines, version: 0, problem: null }

  const change = (to: Partial<HistorySearchState>) => {
    state = { ...state, version: state.version + 1, reached: Math.max(from, ...reached.values()), ...to }
    onChange(state)
  }
  const end = (how: Exclude<HistorySearchState['state'], 'searching'>, problem: unknown = null) => {
    if (state.state !== 'searching') return
    change({ state: how, problem })
    controller.abort()
  }

  const take = ({ group, events, reachedDownTo, done }: HistoryItem) => {
    const hits = events
      .map((event) => ({ ...event, group }))
      .filter((line) => find.matches(line))
      .reverse()
    mergeInto(lines, hits.slice(-Math.max(0, mostLines - lines.length)))
    if (reached.has(group)) reached.set(group, done ? from : reachedDownTo)
    if (lines.length >= mostLines) end('full')
    else change({})
  }

  const work = async () => {
    try {
      for await (const item of await read(controller.signal)) {
        if (controller.signal.aborted) return
        take(item)
      }
      for (const group of groups) reached.set(group, from)
      end('done')
    } catch (error) {
      end('failed', error)
    }
  }
  void work()
  return { get: () => state, stop: () => end('stopped') }
}
