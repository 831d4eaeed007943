import { useMemo, useSyncExternalStore } from 'react'
import { groupInvocations } from './grouped-invocations.ts'
import { createRows, type InvocationRow } from './invocation-rows.ts'
import type { LogStore } from './log-store.ts'

/** The invocations of the loaded lines, the newest first, kept up to date. A row that did not change stays the same object. */
export function useInvocations(store: LogStore): readonly InvocationRow[] {
  const version = useSyncExternalStore(store.subscribe, () => store.version)
  const read = useMemo(() => {
    const groups = groupInvocations(store)
    const rows = createRows()
    return () => rows(groups())
  }, [store])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store is changed in place, which its version tells
  return useMemo(read, [read, version])
}
