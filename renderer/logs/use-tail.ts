import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { client } from '../client.ts'
import { backOff } from '../line/line.ts'
import type { LogStore } from './log-store.ts'
import { createTail, type Tail, type TailChoice, type TailStatus } from './tail.ts'

/**
 * Follows the groups while the calling component stands, `hours` back; null before it began, and without groups. Begins anew with another
 * choice: give one that is the same object as long as it says the same.
 */
export function useTail(choice: TailChoice, { live, hours }: { live: boolean; hours: number }): Tail | null {
  const [tail, setTail] = useState<Tail | null>(null)
  const latest = useRef({ live, hours })
  latest.current = { live, hours }
  useEffect(() => {
    if (choice.groups.length === 0) return setTail(null)
    const next = createTail(client.logs, choice, { live: latest.current.live, backTo: backTo(latest.current.hours), backOff })
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
