import type { Schedule } from '../../preload/contract/instances.ts'

/** The form of a schedule as it stands while it is filled in. */
export interface ScheduleDraft {
  readonly zone: string
  readonly days: readonly number[]
  readonly starts: boolean
  readonly startAt: string
  readonly stops: boolean
  readonly stopAt: string
}

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** The form filled with a schedule; for a new one weekdays from 08:00 to 19:00. */
export function draftOf(schedule: Schedule | null, zone: string): ScheduleDraft {
  return {
    zone: schedule?.zone ?? zone,
    days: schedule?.days ?? [1, 2, 3, 4, 5],
    starts: schedule === null || schedule.startAt !== null,
    startAt: schedule?.startAt ?? '08:00',
    stops: schedule === null || schedule.stopAt !== null,
    stopAt: schedule?.stopAt ?? '19:00',
  }
}

/** `8:00` as `08:00`. */
const timeOf = (text: string) => text.trim().padStart(5, '0')
const isTime = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(timeOf(text))

/** Why the form cannot be kept, as a sentence; null where it can. */
export function problemOf({ days, starts, startAt, stops, stopAt, zone }: ScheduleDraft): string | null {
  if (days.length === 0) return 'Choose at least one day.'
  if (!starts && !stops) return 'Choose a time to start, a time to stop, or both.'
  if ((starts && !isTime(startAt)) || (stops && !isTime(stopAt)))
    return 'Give the times as hours and minutes from 00:00 to 23:59, for instance 08:00.'
  if (starts && stops && timeOf(startAt) === timeOf(stopAt)) return 'It cannot start and stop at the same time.'
  if (zone === '') return 'Choose a time zone.'
  return null
}

export const scheduleOf = ({ zone, days, starts, startAt, stops, stopAt }: ScheduleDraft): Schedule => ({
  zone,
  days: days.toSorted((one, other) => one - other),
  startAt: starts ? timeOf(startAt) : null,
  stopAt: stops ? timeOf(stopAt) : null,
})

/** `Monday to Friday`, `Monday, Wednesday`, `every day`. */
export function dayWords(days: readonly number[]): string {
  const sorted = days.toSorted((one, other) => one - other)
  const names = sorted.flatMap((day) => weekdays[day - 1] ?? [])
  if (names.length === 7) return 'every day'
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first !== undefined && last !== undefined && names.length > 2 && last - first === names.length - 1)
    return `${names[0]} to ${names.at(-1)}`
  return names.join(', ')
}

/** What a schedule does, as a sentence. */
export function scheduleWords({ zone, days, startAt, stopAt }: Schedule): string {
  const does = [startAt !== null && `starts it at ${startAt}`, stopAt !== null && `stops it at ${stopAt}`].filter(Boolean).join(' and ')
  const on = dayWords(days)
  return `${on[0]?.toUpperCase()}${on.slice(1)}: ${does}, ${zone} time.`
}
