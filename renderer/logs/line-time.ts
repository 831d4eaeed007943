import { formatDuration } from '../ui/quantities.ts'
import { formatExactTime, type Zone } from '../ui/time-format.ts'

const two = (value: number) => String(value).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const inZone = (time: number, zone: Zone) => new Date(zone === 'utc' ? time : time - new Date(time).getTimezoneOffset() * 60_000)
const dayOf = (time: number, zone: Zone) => Math.floor(inZone(time, zone).getTime() / 86_400_000)

/** Whether its time is written with a date. */
export const isOfAnotherDay = (line: { readonly at: number } | undefined, zone: Zone, now: number): boolean =>
  line !== undefined && dayOf(line.at, zone) !== dayOf(now, zone)

/** `10:04:05.120` today, `20 Nov 10:04:05.120` on another day. By hand: Intl's formatter is too slow for rows that scroll. */
export function formatLineTime(at: number, zone: Zone, now: number): string {
  const date = inZone(at, zone)
  const milliseconds = String(date.getUTCMilliseconds()).padStart(3, '0')
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${milliseconds}`
  return isOfAnotherDay({ at }, zone, now) ? `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${clock}` : clock
}

/** When it happened, exactly, and how long CloudWatch took to take it in. */
export function lineTimeTitle({ at, ingested }: { readonly at: number; readonly ingested: number }, zone: Zone): string {
  return `${formatExactTime(new Date(at).toISOString(), zone)}, ingested ${ingestionDelay({ at, ingested })}`
}

export function ingestionDelay({ at, ingested }: { readonly at: number; readonly ingested: number }): string {
  return ingested < at ? `${formatDuration(at - ingested)} before its own time` : `${formatDuration(ingested - at)} later`
}
