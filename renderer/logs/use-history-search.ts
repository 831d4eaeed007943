import { useCallback, useEffect, useRef, useState } from 'react'
import type { Place } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import type { Find } from './find.ts'
import { pastPattern } from './find-past.ts'
import { type HistorySearch, type HistorySearchState, startHistorySearch } from './history-search.ts'
import type { LogStore } from './log-store.ts'

export interface PastSearch {
  /** Null before the first one, and after another question. */
  readonly state: HistorySearchState | null
  /** Searches back so many milliseconds from now, before what is loaded. */
  start(back: number): void
  stop(): void
}

/** Searches before what is loaded for what the finder asks for; ends with the component and with another question. */
export function useHistorySearch({
  environment,
  place,
  groups,
  store,
  find,
}: {
  environment: string
  place: Place | null
  groups: readonly string[]
  store: LogStore
  find: Find
}): PastSearch {
  const [state, setState] = useState<HistorySearchState | null>(null)
  const running = useRef<HistorySearch | null>(null)
  const key = JSON.stringify([environment, place, groups])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question, or the same one about other groups, ends what was found for this one
  useEffect(
    () => () => {
      running.current?.stop()
      running.current = null
      setState(null)
    },
    [key, store, find],
  )

  const start = useCallback(
    (back: number) => {
      running.current?.stop()
      const now = Date.now()
      const loaded = groups.map((group) => store.loadedFrom(group) ?? now)
      const to = Math.min(find.to ?? now, Math.max(...loaded))
      const from = Math.min(to, Math.max(0, find.from ?? 0, now - back))
      const search = startHistorySearch({
        groups,
        from,
        to,
        find,
        read: (signal) =>
          client.logs.history(
            { environment, ...(place === null ? {} : { place }), groups: [...groups], from, to, pattern: pastPattern(find) },
            { signal },
          ),
        onChange: (next) => {
          if (running.current === search) setState(next)
        },
      })
      running.current = search
      setState(search.get())
    },
    [environment, place, groups, store, find],
  )
  const stop = useCallback(() => running.current?.stop(), [])
  return { state, start, stop }
}
