import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { client } from '../client.ts'
import { backOff } from '../line/line.ts'
import type { LogStore } from './log-store.ts'
import { createTail, type Tail, type TailChoice, type TailStatus } from './tail.ts'

/** Follows the chosen groups while the calling component stands; null before it began, and where nothing is chosen. `hours` back are loaded. */
export function useTail({ environment, place, groups }: TailChoice, { live, hours }: { live: boolean; hours: number }): Tail | null {
  const [tail, setTail] = useState<Tail | null>(null)
  const key = JSON.stringify([environment, place, groups])
  const choice = useMemo((): TailChoice => ({ environment, place, groups }), [key])
  useEffect(() => {
    if (choice.groups.length === 0) return setTail(null)
    const next = createTail(client.logs, choice, { live, backTo: backTo(hours), backOff })
    setTail(next)
    return () => next.close()
  }, [choice])
  useEffect(() => tail?.setLive(live), [tail, live])
  useEffect(() => tail?.readBack(backTo(hours)), [tail, hours])
  return tail
}

const backTo = (hours: number) => Math.max(0, Date.now() - hours * 3_600_000)

export function useTailStatus(tail: Tail): TailStatus {
  return useSyncExternalStore(tail.status.subscribe, tail.status.get)
}

/** Draws anew when the lines change; they are in `store.lines`. */
export function useStoreVersion(store: Pick<LogStore, 'subscribe' | 'version'>): number {
  return useSyncExternalStore(store.subscribe, () => store.version)
}
