import type { Zone } from '../ui/time-format.ts'
import { formatLineTime } from './line-time.ts'

/** `10:04:05` today, `20 Nov 10:04:05` on another day. By hand: Intl's formatter is too slow for hundreds of runs that are told anew each second. */
export function formatRunTime(at: number, zone: Zone, now: number): string {
  const exact = formatLineTime(at, zone, now)
  return exact.slice(0, exact.lastIndexOf('.'))
}
