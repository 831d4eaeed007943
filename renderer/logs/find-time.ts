import type { Zone } from '../ui/time-format.ts'

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `15m`, `2h`, `90s`, `1d` in milliseconds; null for any other text. */
export function readSpan(text: string): number | null {
  const found = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = found?.[2]
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? Number(found?.[1]) * units[unit] : null
}

const clock = /^(?:(\d{4})-(\d\d)-(\d\d))?T?(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?)?(Z?)$/

/**
 * `10:04`, `10:04:07.5`, `2026-11-21`, `2026-11-21T10:04` in the user's zone, or with `Z` in UTC, as milliseconds since 1970; null for any other
 * text. A time without a day is the last one that is not later than `now`.
 */
export function readMoment(text: string, zone: Zone, now: number): number | null {
  const found = clock.exec(text)
  if (found === null || (found[1] === undefined && found[4] === undefined)) return null
  const utc = zone === 'utc' || found[8] === 'Z'
  const today = new Date(now)
  const [year, month, day] =
    found[1] !== undefined
      ? [Number(found[1]), Number(found[2]) - 1, Number(found[3])]
      : utc
        ? [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()]
        : [today.getFullYear(), today.getMonth(), today.getDate()]
  const time = [Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0), Number((found[7] ?? '').padEnd(3, '0'))] as const
  if (month > 11 || day < 1 || day > 31 || time[0] > 23 || time[1] > 59 || time[2] > 59) return null
  const on = (which: number) => (utc ? Date.UTC(year, month, which, ...time) : new Date(year, month, which, ...time).getTime())
  const at = on(day)
  return found[1] === undefined && at > now ? on(day - 1) : at
}
