import { useCallback, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
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

/** What was found, and how to end looking. */
export interface Finding extends Found {
  /** The question that the lines answer: the one before, while the new one has no answer yet. */
  readonly question: Find
  /** Ends the search; what was found so far stays. */
  readonly stop: () => void
  readonly stopped: boolean
}

interface Scanned {
  readonly find: Find
  readonly store: LogStore
  readonly found: Found
  readonly stopped: boolean
}

/** The lines of the store that the finder asks for: all of them at once where it asks for nothing. Goes on as lines come. */
export function useFound(store: LogStore, find: Find): Finding {
  useSyncExternalStore(store.subscribe, () => store.version)
  const [scanned, setScanned] = useState<Scanned | null>(null)
  const context = useMemo(() => createRequestContext(store), [store])
  const end = useRef(() => {})
  const stop = useCallback(() => end.current(), [])
  // Before the page is drawn: what a plain word finds takes the place of what stood there at once.
  useLayoutEffect(() => {
    if (find.isEmpty) return setScanned(null)
    const scan = createScan(store, find, { onChange: (found) => setScanned({ find, store, found, stopped: false }) }, context)
    const unsubscribe = store.subscribe(() => scan.update())
    end.current = () => {
      unsubscribe()
      scan.stop()
      setScanned({ find, store, found: scan.found, stopped: true })
    }
    scan.update()
    return () => {
      unsubscribe()
      scan.stop()
    }
  }, [store, find, context])
  const of = store.lines.length
  if (find.isEmpty)
    return { lines: store.lines, searched: of, of, done: true, version: store.version, question: find, stop, stopped: false }
  if (scanned?.store !== store) return { lines: [], searched: 0, of, done: false, version: 0, question: find, stop, stopped: false }
  // What an older question found stays until the new one has an answer.
  return scanned.find === find
    ? { ...scanned.found, question: find, stop, stopped: scanned.stopped }
    : { ...scanned.found, question: scanned.find, searched: 0, done: false, stop, stopped: false }
}
