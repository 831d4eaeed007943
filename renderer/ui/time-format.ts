import type { Preferences } from '../../preload/contract/settings.ts'

export type Zone = Preferences['zone']

/** Making one takes longer than drawing a row; a machine that moves to another zone gets new ones. */
const made = new Map<string, Intl.DateTimeFormat>()

function parts(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone === 'utc' ? zone : new Date().getTimezoneOffset()} ${JSON.stringify(options)}`
  const known = made.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-GB', { ...options, ...(zone === 'utc' ? { timeZone: 'UTC' } : {}) })
  made.set(key, format)
  return format
}

/** `UTC`, or the short name of the zone that this machine is in. */
export function zoneName(zone: Zone, at = new Date()): string {
  if (zone === 'utc') return 'UTC'
  return (
    parts(zone, { timeZoneName: 'short' })
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? 'local'
  )
}

const dayOf = (at: Date, zone: Zone) => parts(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

/** `10:02:11` today, `20 Nov, 10:02` this year, otherwise with the year. */
export function formatTime(at: string, zone: Zone, now = new Date()): string {
  const date = new Date(at)
  if (dayOf(date, zone) === dayOf(now, zone)) return parts(zone, { timeStyle: 'medium' }).format(date)
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear()
  return parts(zone, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(date)
}

/** Date, time to the millisecond and zone. */
export function formatExactTime(at: string, zone: Zone): string {
  const date = new Date(at)
  const text = parts(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  }).format(date)
  return `${text} ${zoneName(zone, date)}`
}
