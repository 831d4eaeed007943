import { useMemo } from 'react'
import { type Line, mergeInto } from './sorted-lines.ts'
import type { Finding } from './use-found.ts'
import type { PastSearch } from './use-history-search.ts'

/** What the list shows: what was found further back, and what is found of the loaded lines, each line once and in order. */
export function useShownLines(finding: Finding, { state }: PastSearch): Pick<Finding, 'lines' | 'version'> {
  const { lines, version } = finding
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are changed in place, which the versions tell
  const merged = useMemo((): readonly Line[] | null => {
    if (state === null || state.lines.length === 0) return null
    const all = [...state.lines]
    mergeInto(all, lines)
    return all
  }, [state?.lines, state?.version, lines, version])
  return { lines: merged ?? lines, version: version + (state?.version ?? 0) }
}
