import { useMemo, useSyncExternalStore } from 'react'
import { groupInvocations } from './grouped-invocations.ts'
import { createRows, type InvocationRow } from './invocation-rows.ts'
import type { LogStore } from './log-store.ts'
import { createPaced } from './paced.ts'

/** The invocations of the loaded lines, the newest first, kept up to date. A row that did not change stays the same object. */
export function useInvocations(store: LogStore): readonly InvocationRow[] {
  const paced = useMemo(() => {
    const groups = groupInvocations(store)
    const rows = createRows()
    return createPaced(store, () => rows(groups()))
  }, [store])
  return useSyncExternalStore(paced.subscribe, paced.value)
}
