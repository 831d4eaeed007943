import { Cron } from 'croner'
import { Failure } from '../../preload/contract/errors.ts'
import type { Schedule } from '../../preload/contract/instances.ts'

/** A moment of a schedule. */
export interface Moment {
  readonly action: 'start' | 'stop'
  readonly at: Date
}

/** Null where the schedule never does this. In the hour that summer time leaves out, the moment is right after it. */
function cronOf({ zone, days }: Schedule, time: string | null): Cron | null {
  if (time === null || days.length === 0) return null
  const [hour, minute] = time.split(':').map(Number)
  // No callback: it only reckons, and starts no timer.
  return new Cron(`0 ${minute} ${hour} * * ${[...new Set(days)].join(',')}`, { timezone: zone })
}

function crons(schedule: Schedule): { action: Moment['action']; cron: Cron }[] {
  const all = [
    { action: 'start', cron: cronOf(schedule, schedule.startAt) },
    { action: 'stop', cron: cronOf(schedule, schedule.stopAt) },
  ] as const
  return all.flatMap(({ action, cron }) => (cron === null ? [] : [{ action, cron }]))
}

/** What the schedule does next after a time; null where it does nothing. */
export function nextMoment(schedule: Schedule, after: number): Moment | null {
  const found = crons(schedule).flatMap(({ action, cron }) => {
    const at = cron.nextRun(new Date(after))
    return at === null ? [] : [{ action, at }]
  })
  return found.sort((one, other) => one.at.getTime() - other.at.getTime())[0] ?? null
}

/** What the schedule asked for last, at this time or before; null where it asked for nothing. */
export function lastMoment(schedule: Schedule, until: number): Moment | null {
  const found = crons(schedule).flatMap(({ action, cron }) => {
    // The reference itself is left out.
    const [at] = cron.previousRuns(1, new Date(until + 1000))
    return at === undefined ? [] : [{ action, at }]
  })
  return found.filter(({ at }) => at.getTime() <= until).sort((one, other) => other.at.getTime() - one.at.getTime())[0] ?? null
}

const hourMs = 60 * 60_000

/**
 * What is to be done now of the moments after `handledUntil`. Only the last one counts: the moments before it are undone by it. What was
 * missed while Basepair did not run is not done blindly: a stop is made up for until the start that ends it, or for six hours where
 * the schedule has no start; a start for one hour, because it costs money and nobody waits for it any more. After that it is `late`.
 */
export function dueMoment(schedule: Schedule, handledUntil: number, now: number): { moment: Moment; late: boolean } | null {
  const moment = lastMoment(schedule, now)
  if (moment === null || moment.at.getTime() <= handledUntil) return null
  const missedBy = now - moment.at.getTime()
  const late = moment.action === 'start' ? missedBy > hourMs : schedule.startAt === null && missedBy > 6 * hourMs
  return { moment, late }
}

/** Fails with INVALID where the schedule could not be followed. */
export function checkSchedule(schedule: Schedule): void {
  const refuse = (message: string) => {
    throw new Failure('INVALID', message)
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: schedule.zone })
  } catch {
    refuse(`${schedule.zone} is not a time zone that this machine knows. Use a name like Europe/Berlin.`)
  }
  if (schedule.days.length === 0) refuse('Choose at least one weekday, or take the schedule away.')
  if (schedule.startAt === null && schedule.stopAt === null) refuse('Give a time to start, a time to stop, or both.')
  if (schedule.startAt === schedule.stopAt) refuse('The times to start and to stop are the same. Choose two different ones.')
}
