import { useLayoutEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useZone } from '../ui/zone.ts'
import { type Find, parseFind } from './find.ts'
import { createRequestContext } from './find-request.ts'
import { createScan, type Found } from './find-scan.ts'
import type { LogStore } from './log-store.ts'

/** The finder's field as it is read in the user's zone. */
export function useFind(text: string, asPattern = false): Find {
  const zone = useZone()
  return useMemo(() => parseFind(text, { zone, now: Date.now(), asPattern }), [text, zone, asPattern])
}

/** The lines of the store that the finder asks for: all of them at once where it asks for nothing. Goes on as lines come. */
export function useFound(store: LogStore, find: Find): Found {
  useSyncExternalStore(store.subscribe, () => store.version)
  const [found, setFound] = useState<{ readonly find: Find; readonly store: LogStore; readonly found: Found } | null>(null)
  const context = useMemo(() => createRequestContext(store), [store])
  // Before the page is drawn: what a plain word finds takes the place of what stood there at once.
  useLayoutEffect(() => {
    if (find.isEmpty) return setFound(null)
    const scan = createScan(store, find, { onChange: (now) => setFound({ find, store, found: now }) }, context)
    scan.update()
    const unsubscribe = store.subscribe(() => scan.update())
    return () => {
      unsubscribe()
      scan.stop()
    }
  }, [store, find, context])
  if (find.isEmpty) return { lines: store.lines, searched: store.lines.length, of: store.lines.length, done: true }
  if (found?.store !== store) return { lines: [], searched: 0, of: store.lines.length, done: false }
  // What an older question found stays until the new one has an answer.
  return found.find === find ? found.found : { ...found.found, searched: 0, done: false }
}
