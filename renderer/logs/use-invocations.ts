import { useMemo, useSyncExternalStore } from 'react'
import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Found } from './find-scan.ts'
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

/** Whether the finder found a line; null where it looks for nothing. */
export function useFoundEvents(found: Found, isEmpty: boolean): ((event: LogEvent) => boolean) | null {
  return useMemo(() => {
    if (isEmpty) return null
    const ids = new Set(found.lines.map(({ id }) => id))
    return ({ id }) => ids.has(id)
  }, [found, isEmpty])
}
